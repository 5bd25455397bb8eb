import { isCluster, isTransientRedisError, type Redis } from '../../shared/redis.ts';

/** How long an answer counts, in milliseconds, however often it is asked for. */
const FRESH_MS = 10_000;
/** When a Redis that refused is asked again, in milliseconds: its user (ACL) may be permitted more by then. */
const REFUSED_MS = 600_000;

/** How full Redis is, by its own word. It is asked only when somebody wants to know. */
export class RedisMemory {
  readonly #reads: Redis;
  readonly #now: () => number;
  #askAgainAt = Number.NEGATIVE_INFINITY;
  #answer: Promise<number | undefined> = Promise.resolve(undefined);

  /** @param now a clock in milliseconds that is never set. */
  constructor(reads: Redis, now: () => number = () => performance.now()) {
    this.#reads = reads;
    this.#now = now;
  }

  /**
   * The memory that Redis uses, of what it may use (`maxmemory`); of a cluster that of the fullest primary. Undefined
   * where Redis has no limit, does not answer, or does not let the relay ask (`INFO`).
   */
  usedRatio(): Promise<number | undefined> {
    if (this.#now() < this.#askAgainAt) return this.#answer;
    this.#askAgainAt = this.#now() + FRESH_MS;
    this.#answer = this.#ask();
    return this.#answer;
  }

  async #ask(): Promise<number | undefined> {
    const reads = this.#reads;
    const nodes = isCluster(reads) ? reads.nodes('master') : [reads];
    const answers = await Promise.allSettled(nodes.map((node) => node.info('memory')));
    if (answers.some((answer) => answer.status === 'rejected' && !isTransientRedisError(answer.reason)))
      this.#askAgainAt = this.#now() + REFUSED_MS;
    const ratios = answers.flatMap((answer) =>
      answer.status === 'fulfilled' ? (usedRatioIn(answer.value) ?? []) : [],
    );
    return ratios.length === 0 ? undefined : Math.max(...ratios);
  }
}

/** @param info what `INFO memory` answers: a line `NAME:VALUE` for each figure. */
export function usedRatioIn(info: string): number | undefined {
  const figure = (name: string) => Number(new RegExp(`^${name}:(\\d+)\\r?$`, 'm').exec(info)?.[1] ?? 0);
  const limit = figure('maxmemory');
  return limit > 0 ? figure('used_memory') / limit : undefined;
}
