import type { FastifyRequest } from 'fastify';
import type { Revocations } from '../access/revocations.ts';
import { type Claims, TOKEN_MESSAGES, type TokenFault } from '../identity/claims.ts';
import type { Tokens } from '../identity/tokens.ts';
import { HttpError } from './errors.ts';
import type { RequestAudit } from './request-audit.ts';
import type { RequestLimits } from './request-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by {@link requireToken} before the handler of a protected route runs. */
    claims: Claims | undefined;
  }
}

/** An `onRequest` hook that lets a request through or throws the {@link HttpError} that answers it. */
export type Authenticate = (request: FastifyRequest) => Promise<void>;

export interface AuthenticateDeps {
  tokens: Pick<Tokens, 'verifyRefreshingKeys'>;
  audit?: RequestAudit | undefined;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  limits?: Pick<RequestLimits, 'refused'> | undefined;
  /** What else a request with a valid token has to pass; it is asked in the same moment as Redis is. */
  also?: (request: FastifyRequest, claims: Claims) => Promise<void>;
}

/**
 * The `onRequest` hook of protected routes: it runs before the body is read, and answers
 * `401 {"message": one of TOKEN_MESSAGES}` to a request without a valid token. Where nobody can tell whether it was
 * revoked, the answer is 503.
 */
export function requireToken(deps: AuthenticateDeps): Authenticate {
  const { tokens, audit, revocations, limits, also } = deps;

  async function refuse(request: FastifyRequest, fault: TokenFault, agent?: Claims): Promise<never> {
    await limits?.refused(request);
    const refusal = { outcome: TOKEN_MESSAGES[fault], reason: `token-${fault}`, agent } as const;
    audit?.(request, 'refuse', { refused: 'request', ...refusal, route: request.routeOptions.url });
    throw new HttpError(401, TOKEN_MESSAGES[fault]);
  }

  return async (request) => {
    const verdict = await tokens.verifyRefreshingKeys(request.headers.authorization);
    if (!verdict.valid) return refuse(request, verdict.fault, verdict.claims);
    const { claims } = verdict;
    const isRevoked = revocations?.isRevoked(claims).catch((cause: unknown) => {
      throw new HttpError(503, 'The token cannot be checked right now: try again.', { cause });
    });
    const [wasRevoked] = await Promise.all([isRevoked, also?.(request, claims)]);
    if (wasRevoked === true) return refuse(request, 'revoked', claims);
    request.claims = claims;
  };
}
