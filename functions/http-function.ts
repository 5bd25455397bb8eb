import type { HttpFunction } from '@google-cloud/functions-framework';
import type { Logger } from '../shared/log.ts';
import { readRequest } from './request.ts';

/** The request as Express hands it over; its parsers leave a body without a content type unread. */
type Request = Parameters<HttpFunction>[0];
type Response = Parameters<HttpFunction>[1];

export interface HttpFunctionDeps {
  handle: (event: unknown) => Promise<void>;
  logger: Logger;
}

/**
 * The handler as a function for HTTP requests. For CloudEvent functions the framework answers a request without a JSON
 * body with 500 and its own stack, before the function is called.
 */
export function createHttpFunction({ handle, logger }: HttpFunctionDeps): HttpFunction {
  return (request, response) => {
    if (request.rawBody !== undefined) return take(request, response, request.rawBody);
    return readAll(request).then((bytes) => take(request, response, bytes));
  };

  function take(request: Request, response: Response, bytes: Buffer): Promise<void> | undefined {
    const { method, headers } = request;
    const reading = readRequest({ method, headers, bytes, ...parsedBody(request, bytes) });
    if ('status' in reading) {
      const { status, reason } = reading;
      logger.warn({ status, method, content_type: headers['content-type'] }, `request refused: ${reason}`);
      if (status === 405) response.set('allow', 'POST');
      response.status(status).type('text/plain').send(`${reason}\n`);
      return undefined;
    }
    // One event, but for batches. The functions framework watches every promise, so this way makes as few as it can.
    const { events } = reading;
    const taken = events.length === 1 ? handle(events[0]) : inTurn(events);
    return taken.then(
      () => void response.status(204).end(),
      // The handler has logged why. Pub/Sub delivers the message again, and events that are in the log already are duplicates.
      () => void response.sendStatus(500),
    );
  }

  /** A batch may hold several events of one conversation. */
  async function inTurn(events: readonly unknown[]): Promise<void> {
    for (const event of events) await handle(event);
  }
}

const JSON_TYPE = /^application\/(cloudevents\+)?json *(;|$)/i;

/** Spares the second parsing of what is JSON; a form, a text and bytes are not. */
function parsedBody({ headers, body }: Request, bytes: Buffer): { parsed?: unknown } {
  const isParsed =
    bytes.length > 0 && !Buffer.isBuffer(body) && JSON_TYPE.test(headers['content-type'] ?? '');
  return isParsed ? { parsed: body } : {};
}

async function readAll(request: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
