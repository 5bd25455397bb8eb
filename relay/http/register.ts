import type { FastifyInstance } from 'fastify';
import type { Tokens } from '../auth/jwt.ts';
import type { AuthProvider } from '../auth/provider.ts';
import { takeAnything } from './body.ts';
import { allowOnly } from './methods.ts';

const PATH = '/register';

/**
 * `POST /register`: a credential of the provider in `Authorization` for a token of the relay, `{"token"}`. The body
 * may name a user, `{"gcp_agent_assist_user"}`; whatever else it is, it is ignored.
 */
export function registerRegister(
  app: FastifyInstance,
  provider: AuthProvider,
  tokens: Pick<Tokens, 'issue'>,
): void {
  allowOnly(app, PATH, ['POST']);
  app.register((scope, _options, done) => {
    takeAnything(scope);
    scope.post(PATH, async (request, reply) => {
      const identity = await provider.verify(request.headers.authorization ?? '');
      if (identity === undefined) {
        return reply
          .code(401)
          .header('authentication', 'valid token required')
          .type('text/html; charset=utf-8')
          .send('Could not authenticate user');
      }
      return { token: tokens.issue(identity.subject, userIn(request.body)) };
    });
    done();
  });
}

function userIn(body: unknown): unknown {
  try {
    const parsed: unknown = JSON.parse(String(body));
    const isObject = typeof parsed === 'object' && parsed !== null;
    return isObject && 'gcp_agent_assist_user' in parsed ? parsed.gcp_agent_assist_user : undefined;
  } catch {
    return undefined;
  }
}
