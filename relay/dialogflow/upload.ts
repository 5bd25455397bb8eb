import type { IncomingMessage } from 'node:http';
import { type Readable, Transform } from 'node:stream';
import { ProxyError } from './google-error.ts';

/**
 * The body of a request, for streaming on. It fails with a {@link ProxyError} once `maxBytes` are passed, and with any
 * error when the client breaks off; so it ends only after the client's last byte, and its reader can tell a
 * whole body from a part of one.
 */
export function limitUpload(source: IncomingMessage, maxBytes: number): Readable {
  let size = 0;
  const limited = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > maxBytes) done(tooLarge());
      else done(null, chunk);
    },
  });
  // A request that is broken off fails, and does not end; pipe() alone would leave its reader waiting.
  source.once('error', (error) => limited.destroy(error));
  // The reader is done with it, perhaps before the end (the limit, or an early answer of Dialogflow).
  limited.once('close', () => {
    source.unpipe(limited);
    discardRest(source, maxBytes);
  });
  return source.pipe(limited);
}

/**
 * Reads what is left of a request, so that the client, which may send all of it before it reads, sees the answer.
 * One that sends `maxBytes` more is cut off.
 */
export function discardRest(source: IncomingMessage, maxBytes: number): void {
  if (source.readableEnded || source.destroyed) return;
  let size = 0;
  source.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) source.destroy();
  });
  source.resume();
}

export function tooLarge(): ProxyError {
  return new ProxyError(413, 'the request body is too large');
}
