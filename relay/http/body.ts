import type { FastifyInstance } from 'fastify';
import { HttpError } from './errors.ts';

/** Routes of this scope take JSON alone; any other content type, or a body without one, is answered with 415. */
export function takeJson(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  for (const type of ['application/json', /^application\/[\w.-]+\+json/]) {
    scope.addContentTypeParser(type, { parseAs: 'string' }, async (_request: unknown, body: string) => {
      try {
        return JSON.parse(body);
      } catch {
        throw new HttpError(400, 'The request body is not JSON.');
      }
    });
  }
}

/**
 * Routes of this scope take a body of any content type, malformed or absent ones included, and find it as text, or
 * `undefined` when there is none. Desktops announce JSON and then send nothing, on POST as well as on DELETE.
 */
export function takeAnything(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string' }, async (_request: unknown, body: string) => body);
  scope.addHook('onRequest', async (request) => {
    // Fastify refuses a malformed content type before it looks for a parser.
    delete request.headers['content-type'];
  });
}
