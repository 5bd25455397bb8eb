import type { FastifyReply } from 'fastify';
import type { Tokens } from '../auth/jwt.ts';
import { type Identity, ProviderUnavailable } from '../auth/provider.ts';
import { HttpError } from './errors.ts';

/**
 * Answers a registration as existing desktops know it: `{"token"}`, or 401 as text with a header of its own.
 *
 * @param required the value of that header, `Authentication`.
 * @param user what the caller said of itself, of any type.
 */
export async function answerRegistration(
  reply: FastifyReply,
  verdict: Promise<Identity | undefined>,
  { tokens, required, user }: { tokens: Pick<Tokens, 'issue'>; required: string; user: unknown },
): Promise<{ token: string } | FastifyReply> {
  const identity = await verdict.catch((error: unknown) => {
    if (!(error instanceof ProviderUnavailable)) throw error;
    throw new HttpError(503, 'The identity provider does not answer: try again.', { cause: error });
  });
  if (identity !== undefined) return { token: tokens.issue(identity.subject, user) };
  return reply
    .code(401)
    .header('authentication', required)
    .type('text/html; charset=utf-8')
    .send('Could not authenticate user');
}
