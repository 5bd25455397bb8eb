import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Logger } from '../shared/log.ts';
import { readRequest } from './request.ts';

/** The request as Express hands it over; its parsers leave a body without a content type unread. */
type Request = Parameters<HttpFunction>[0];

export interface HttpFunctionDeps {
  handle: (event: unknown) => Promise<void>;
  logger: Logger;
}

/**
 * The handler as a function for HTTP requests. For CloudEvent functions the framework answers a request without a JSON
 * body with 500 and its own stack, before the function is called.
 */
export function createHttpFunction({ handle, logger }: HttpFunctionDeps): HttpFunction {
  return async (request, response) => {
    const { method, headers } = request;
    const bytes = request.rawBody ?? (await readAll(request));
    const reading = readRequest({ method, headers, bytes, ...parsedBody(request) });
    if ('status' in reading) {
      const { status, reason } = reading;
      logger.warn({ status, method, content_type: headers['content-type'] }, `request refused: ${reason}`);
      if (status === 405) response.set('allow', 'POST');
      response.status(status).type('text/plain').send(`${reason}\n`);
      return;
    }
    try {
      // In order: a batch may hold several events of one conversation.
      for (const event of reading.events) await handle(event);
      response.status(204).end();
    } catch {
      // The handler has logged why. Pub/Sub delivers the message again, and events that are in the log already are duplicates.
      response.sendStatus(500);
    }
  };
}

/** Spares the second parsing of what is JSON; a form, a text and bytes are not. */
function parsedBody(request: Request): { parsed?: unknown } {
  return request.is(['application/json', 'application/cloudevents+json']) ? { parsed: request.body } : {};
}

async function readAll(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
