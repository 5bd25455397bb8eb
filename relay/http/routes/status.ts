import type { FastifyInstance } from 'fastify';
import { allowOnly } from '../methods.ts';
import { sendText } from '../send-text.ts';

/** `GET /status`: the greeting of Google's reference, by which desktops test the connection. */
export function registerStatus(app: FastifyInstance): void {
  app.get('/status', async (_request, reply) => sendText(reply, 200, 'Hello, cross-origin-world!'));
  allowOnly(app, '/status', ['GET']);
}
