import type { FastifyInstance, HTTPMethods } from 'fastify';
import { HttpError } from './errors.ts';

/**
 * Closes a URL to every method but those it has: OPTIONS is answered with 200, the others with 405, both with `Allow`,
 * before authentication and without reading a body. HEAD goes with GET.
 */
export function allowOnly(app: FastifyInstance, url: string, methods: readonly HTTPMethods[]): void {
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  const allow = [...allowed, 'OPTIONS'].join(', ');
  app.route({
    url,
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    onRequest: async (request, reply) => {
      reply.header('allow', allow);
      if (request.method !== 'OPTIONS') throw new HttpError(405, 'The method is not allowed here.');
      return reply.code(200).send();
    },
    handler: async () => undefined,
  });
}
