import type { IncomingMessage } from 'node:http';

export interface BodyBounds {
  maxBytes: number;
  /** What the promise rejects with beyond that. */
  tooLarge(): Error;
  /** Is told the bytes of each part, and may throw to refuse the body. */
  hold(bytes: number): void;
  /** Ends the wait; then the promise rejects with its reason. */
  signal: AbortSignal;
}

/**
 * The whole body of a request. Rejects when the client breaks off, so that half a body is never taken for a whole one.
 * What is left of a body that is refused is discarded.
 */
export function readBody(source: IncomingMessage, bounds: BodyBounds): Promise<Buffer> {
  const { maxBytes, tooLarge, hold, signal } = bounds;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const giveUp = (error: unknown) => {
      source.off('data', take);
      discardRest(source, maxBytes);
      reject(error);
    };
    const take = (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      try {
        if (size > maxBytes) throw tooLarge();
        hold(chunk.length);
      } catch (error) {
        giveUp(error);
      }
    };
    if (signal.aborted) return giveUp(signal.reason);
    source.on('data', take);
    source.once('end', () => resolve(Buffer.concat(chunks)));
    source.once('error', reject);
    signal.addEventListener('abort', () => giveUp(signal.reason), { once: true });
  });
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
