import type { FastifyInstance } from 'fastify';
import { allowOnly } from '../methods.ts';

/** `GET /status`: the greeting of Google's reference, by which desktops test the connection. */
export function registerStatus(app: FastifyInstance): void {
  app.get('/status', async (_request, reply) => {
    return reply.type('text/html; charset=utf-8').send('Hello, cross-origin-world!');
  });
  allowOnly(app, '/status', ['GET']);
}
