import type { FastifyInstance } from 'fastify';
import type { IdentityProvider } from '../../providers/provider.ts';
import { takeAnything } from '../body.ts';
import { allowOnly } from '../methods.ts';
import { answerRegistration, type RegistrationDeps } from './registration.ts';

const PATH = '/register';

/**
 * `POST /register`: a credential of the provider in `Authorization` for a token of the relay, `{"token"}`. The query
 * may name the provider, `?provider=`, and the body a user, `{"gcp_agent_assist_user"}`; whatever else the body is, it
 * is ignored.
 */
export function registerRegister(
  app: FastifyInstance,
  providers: IdentityProvider,
  deps: RegistrationDeps,
): void {
  allowOnly(app, PATH, ['POST']);
  app.register((scope, _options, done) => {
    takeAnything(scope);
    scope.post<{ Querystring: { provider?: unknown } }>(PATH, (request, reply) =>
      answerRegistration(
        request,
        reply,
        () => providers.verify(request.headers.authorization ?? '', request.query.provider),
        { ...deps, required: 'valid token required', user: userIn(request.body) },
      ),
    );
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
