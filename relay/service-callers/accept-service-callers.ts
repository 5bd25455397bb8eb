import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { type Authenticate, type AuthenticateDeps, requireToken } from '../http/authenticate.ts';
import { HttpError } from '../http/errors.ts';
import { type Claims, TOKEN_MESSAGES } from '../identity/claims.ts';
import { IdTokenRefusedError, type VerifyIdToken } from './google-id-tokens.ts';

export interface ServiceCallersConfig {
  /** Addresses in lower case. */
  serviceCallers: readonly string[];
  /** Never undefined where there are callers. */
  serviceAudience: string | undefined;
  /** Undefined where there are none. */
  verifyIdToken: VerifyIdToken | undefined;
}

/**
 * An `onRequest` hook for routes that service accounts may call, too. A request with an ID token of Google's is let
 * through if a listed service account asked Google for it with the relay as its audience. Every other request is left to
 * `requireToken`.
 */
export function acceptServiceCallers(
  authentication: AuthenticateDeps,
  { serviceCallers, serviceAudience, verifyIdToken }: ServiceCallersConfig,
): Authenticate {
  const { audit, limits, revocations, also } = authentication;
  const requireOwnToken = requireToken(authentication);
  if (serviceCallers.length === 0 || serviceAudience === undefined || verifyIdToken === undefined)
    return requireOwnToken;
  const verify = verifyIdToken;
  const audience = serviceAudience;

  async function refuse(request: FastifyRequest, why: string, agent?: Claims): Promise<never> {
    const fault = agent === undefined ? 'unparsable' : 'revoked';
    await limits?.refused(request);
    const outcome = TOKEN_MESSAGES[fault];
    const reason = agent === undefined ? 'service-token' : 'token-revoked';
    const refusal = { refused: 'request', outcome, reason, agent, route: request.routeOptions.url } as const;
    audit?.(request, 'refuse', refusal);
    request.refusal = { ...refusal, outcome: why };
    throw new HttpError(401, TOKEN_MESSAGES[fault]);
  }

  const unavailable = (cause: unknown) =>
    new HttpError(503, 'The token cannot be checked right now: try again.', { cause });

  return async (request) => {
    const token = (request.headers.authorization ?? '').trim().replace(/^bearer\s+/i, '');
    if (!claimsToBeOfGoogle(token)) return requireOwnToken(request);
    let email: string | undefined;
    let times: Pick<Claims, 'issuedAt' | 'expiresAt'>;
    try {
      ({ email, ...times } = await verify(token, audience));
    } catch (error) {
      if (error instanceof IdTokenRefusedError) return refuse(request, error.message);
      throw unavailable(error);
    }
    if (email === undefined) return refuse(request, 'it has no verified e-mail address');
    if (!serviceCallers.includes(email.toLowerCase()))
      return refuse(request, 'SERVICE_CALLERS does not list its e-mail address');
    // Of what is signed: the same signature can be written in several ways, and a revocation must hold for all.
    const signed = token.slice(0, token.lastIndexOf('.'));
    const tokenId = createHash('sha256').update(signed).digest('base64url');
    const claims: Claims = { subject: `service:${email.toLowerCase()}`, user: '', tokenId, ...times };
    const wasRevoked = await revocations?.isRevoked(claims).catch((cause: unknown) => {
      throw unavailable(cause);
    });
    if (wasRevoked === true) return refuse(request, 'it was revoked', claims);
    await also?.(request, claims);
    request.claims = claims;
  };
}

/** Whether the unverified `iss` is Google's. The relay's own tokens have none. */
function claimsToBeOfGoogle(token: string): boolean {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const payload: { iss?: unknown } | null = JSON.parse(text);
    return /^(?:https:\/\/)?accounts\.google\.com$/.test(String(payload?.iss));
  } catch {
    return false;
  }
}
