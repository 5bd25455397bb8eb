import type { FastifyRequest } from 'fastify';
import { HttpError } from '../http/errors.ts';
import { type Claims, TOKEN_MESSAGES, type Tokens } from './jwt.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by {@link requireToken} before the handler of a protected route runs. */
    claims: Claims | undefined;
  }
}

/** An `onRequest` hook that lets a request through or throws the {@link HttpError} that answers it. */
export type Authenticate = (request: FastifyRequest) => Promise<void>;

/**
 * The `onRequest` hook of protected routes: it runs before the body is read, and answers
 * `401 {"message": one of TOKEN_MESSAGES}` to a request without a valid token.
 */
export function requireToken(tokens: Pick<Tokens, 'verify'>): Authenticate {
  return async (request) => {
    const verdict = tokens.verify(request.headers.authorization);
    if (!verdict.valid) throw new HttpError(401, TOKEN_MESSAGES[verdict.fault]);
    request.claims = verdict.claims;
  };
}
