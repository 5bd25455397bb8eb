import type { FastifyInstance } from 'fastify';
import type { ApplicationBody, IdentityProvider } from '../../providers/provider.ts';
import { allowOnly } from '../methods.ts';
import { answerRegistration, type RegistrationDeps } from './registration.ts';

const PATH = '/register-app';

/**
 * `POST /register-app`: an application's credentials in the JSON body, `{"accountSid", "authToken"}` for Twilio, for a
 * token like that of `/register`. The body may name a user, too, `{"gcp_agent_assist_user"}`.
 */
export function registerRegisterApp(
  app: FastifyInstance,
  provider: IdentityProvider<ApplicationBody>,
  deps: RegistrationDeps,
): void {
  allowOnly(app, PATH, ['POST']);
  app.post(PATH, (request, reply) => {
    const { body } = request;
    const fields: Record<string, unknown> = typeof body === 'object' && body !== null ? { ...body } : {};
    return answerRegistration(request, reply, () => provider.verify(fields), {
      ...deps,
      required: 'valid application level auth required',
      user: fields.gcp_agent_assist_user,
    });
  });
}
