import { FORMAT } from '../../shared/keys.ts';
import type { Logger } from '../../shared/log.ts';
import type { Redis } from '../../shared/redis.ts';

/** Why Redis takes no writes: it is a replica by now, or has no room; `other` is in the log. */
export type WriteFault = 'read-only' | 'full' | 'other';

export interface RedisHealthDeps {
  redis: Pick<Redis, 'set'>;
  /** Names this relay. */
  relay: string;
  logger: Logger;
  /** How often a write is tried, in milliseconds. */
  everyMs: number;
}

/** How long the key of the trial lives, in milliseconds. */
const TRIAL_TTL_MS = 60_000;

/**
 * Tries every few seconds whether Redis takes writes. A relay that only reads would not notice for half a minute that its
 * Redis was demoted while the connections stayed open; with the trial's error the connection is made again.
 */
export class RedisHealth {
  readonly #deps: RedisHealthDeps;
  readonly #timer: NodeJS.Timeout;
  #fault: WriteFault | undefined;

  constructor(deps: RedisHealthDeps) {
    this.#deps = deps;
    this.#timer = setInterval(() => void this.#try(), deps.everyMs);
    this.#timer.unref();
  }

  /** What the last trial met; none while Redis takes writes. */
  get fault(): WriteFault | undefined {
    return this.#fault;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #try(): Promise<void> {
    const { redis, relay, logger } = this.#deps;
    const before = this.#fault;
    try {
      await redis.set(`aar${FORMAT}:relay:${relay}`, '', 'PX', TRIAL_TTL_MS);
      this.#fault = undefined;
      if (before !== undefined) logger.info('Redis takes writes again');
    } catch (err) {
      this.#fault = faultOf(err);
      if (before !== this.#fault) logger.warn({ err, fault: this.#fault }, 'Redis takes no writes');
    }
  }
}

function faultOf(error: unknown): WriteFault {
  const text = error instanceof Error ? error.message : '';
  if (text.startsWith('READONLY')) return 'read-only';
  return text.startsWith('OOM') ? 'full' : 'other';
}
