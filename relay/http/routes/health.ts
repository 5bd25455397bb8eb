import type { FastifyInstance } from 'fastify';
import { HttpError } from '../errors.ts';
import { allowOnly } from '../methods.ts';

export interface Readiness {
  isDraining(): boolean;
  /** Resolves when Redis has answered; rejects in about a second when it does not. */
  pingRedis(): Promise<unknown>;
  /** What is wrong with Redis, such as `read-only`, and which writes it has not taken that nobody waits for. */
  redisState(): { fault: string | undefined; lost: readonly string[] };
}

/** `GET /health`: 200 while the process lives. `GET /ready`: 200 while it should be sent requests, else 503 and why. */
export function registerHealth(app: FastifyInstance, readiness: Readiness): void {
  // Probes come every few seconds: their requests are not worth a line unless they fail.
  app.get('/health', { logLevel: 'warn' }, async () => ({ status: 'ok' }));
  allowOnly(app, '/health', ['GET']);

  app.get('/ready', { logLevel: 'warn' }, async () => {
    if (readiness.isDraining()) throw new HttpError(503, 'The relay is shutting down.');
    try {
      await readiness.pingRedis();
    } catch (cause) {
      throw new HttpError(503, 'Redis does not answer.', { cause });
    }
    const { fault, lost } = readiness.redisState();
    if (fault === 'read-only') throw new HttpError(503, 'Redis is read-only.');
    return { status: 'ok', ...(fault && { redis: `takes no writes: ${fault}`, lost }) };
  });
  allowOnly(app, '/ready', ['GET']);
}
