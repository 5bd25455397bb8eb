import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Revocations } from '../../access/revocations.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Tokens } from '../../identity/tokens.ts';
import { ProviderUnavailable } from '../../providers/provider.ts';
import type { RefusalReason } from '../../refusals/reasons.ts';
import { HttpError } from '../errors.ts';
import type { RequestAudit } from '../request-audit.ts';
import type { RequestLimits } from '../request-limits.ts';
import { sendText } from '../send-text.ts';

/** What registrations count. */
export interface RegistrationMeter {
  registered(outcome: 'done' | 'refused'): void;
}

export interface RegistrationDeps {
  tokens: Pick<Tokens, 'issue'>;
  audit: RequestAudit;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  limits?: RequestLimits | undefined;
  meter?: RegistrationMeter | undefined;
  /** Milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
}

/**
 * Answers a registration as existing desktops know it: `{"token"}`, or 401 as text with a header of its own.
 *
 * @param verify asks the provider.
 * @param required the value of that header, `Authentication`.
 * @param user what the caller said of itself, of any type.
 */
export async function answerRegistration(
  request: FastifyRequest,
  reply: FastifyReply,
  verify: () => Promise<Identity | undefined>,
  deps: RegistrationDeps & { required: string; user: unknown },
): Promise<{ token: string } | FastifyReply> {
  const { tokens, audit, revocations, limits, now = Date.now } = deps;

  async function refuse(reason: RefusalReason, outcome: string, subject?: string): Promise<FastifyReply> {
    await limits?.refused(request);
    deps.meter?.registered('refused');
    const agent = subject === undefined ? undefined : { subject };
    audit(request, 'refuse', { refused: 'register', outcome, reason, agent });
    reply.header('authentication', deps.required);
    return sendText(reply, 401, 'Could not authenticate user');
  }

  limits?.requireUnblocked(request);
  const askedAt = now() / 1000;
  const identity = await verify().catch((error: unknown) => {
    if (!(error instanceof ProviderUnavailable)) throw error;
    throw new HttpError(503, 'The identity provider does not answer: try again.', { cause: error });
  });
  if (identity === undefined) return refuse('credential', 'the credential was not accepted');
  const { subject, vouchedAt = askedAt } = identity;
  await limits?.registered(request, subject);
  // The provider's word may be older than the revocation: it took its time, or has signed it long before. While Redis is
  // away this relay goes by what it has seen: nobody can be revoked meanwhile.
  const wasRevoked = await revocations?.isRevoked({ subject, issuedAt: vouchedAt }).catch(() => false);
  if (wasRevoked === true) return refuse('access-revoked', 'access was revoked', subject);
  const { token, claims } = tokens.issue(subject, deps.user, identity);
  deps.meter?.registered('done');
  audit(request, 'register', { outcome: 'done', agent: claims });
  return { token };
}
