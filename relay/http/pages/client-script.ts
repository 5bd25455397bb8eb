import type { FastifyInstance } from 'fastify';
import { allowOnly } from '../methods.ts';

/** `GET /client.js`: the browser client of the native protocol, an ES module of the same build as this relay. */
export function registerClientScript(app: FastifyInstance, script: string): void {
  app.get('/client.js', async (_request, reply) => {
    return reply
      .type('text/javascript; charset=utf-8')
      .header('cache-control', 'no-cache')
      .header('x-content-type-options', 'nosniff')
      .send(script);
  });
  allowOnly(app, '/client.js', ['GET']);
}
