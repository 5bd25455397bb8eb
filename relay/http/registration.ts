import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Tokens } from '../auth/jwt.ts';
import { type Identity, ProviderUnavailable } from '../auth/provider.ts';
import type { RequestLimits } from '../limiting/request-limits.ts';
import { HttpError } from './errors.ts';
import type { RequestAudit } from './request-audit.ts';

export interface RegistrationDeps {
  tokens: Pick<Tokens, 'issue' | 'verify'>;
  audit: RequestAudit;
  limits?: Pick<RequestLimits, 'requireUnblocked' | 'refused' | 'registered'> | undefined;
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
  { tokens, audit, limits, required, user }: RegistrationDeps & { required: string; user: unknown },
): Promise<{ token: string } | FastifyReply> {
  limits?.requireUnblocked(request);
  const identity = await verify().catch((error: unknown) => {
    if (!(error instanceof ProviderUnavailable)) throw error;
    throw new HttpError(503, 'The identity provider does not answer: try again.', { cause: error });
  });
  if (identity !== undefined) {
    await limits?.registered(identity.subject);
    const token = tokens.issue(identity.subject, user, identity);
    const issued = tokens.verify(token);
    audit(request, 'register', { outcome: 'done', agent: issued.valid ? issued.claims : undefined });
    return { token };
  }
  await limits?.refused(request);
  audit(request, 'refuse', { refused: 'register', outcome: 'the provider does not know the caller' });
  return reply
    .code(401)
    .header('authentication', required)
    .type('text/html; charset=utf-8')
    .send('Could not authenticate user');
}
