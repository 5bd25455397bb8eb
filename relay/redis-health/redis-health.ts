import { trialKey } from '../../shared/keys.ts';
import type { Logger } from '../../shared/log.ts';
import { isCluster, type Redis, type RedisConfig } from '../../shared/redis.ts';
import type { RedisHealthLimits } from './limits.ts';
import { LostWrites, type LostWritesMeter, type SoftWrite } from './lost-writes.ts';
import { openReads } from './open-reads.ts';
import { RedisMemory } from './redis-memory.ts';
import { TrialKeys } from './trial-keys.ts';

/**
 * What is wrong with Redis. `unreachable`: it does not answer, or of a cluster one primary at least. `read-only`: it is
 * a replica by now. `no-replicas`: it is a primary
 * with fewer replicas than its `min-replicas-to-write`. `full`: it has no room for writes. `other`: it takes no writes for the reason in the log.
 */
export type RedisFault = 'unreachable' | 'read-only' | 'no-replicas' | 'full' | 'other';

export interface RedisHealthDeps {
  config: RedisConfig;
  redis: Redis;
  /** Names this relay. */
  relay: string;
  logger: Logger;
  limits: RedisHealthLimits;
  meter?: LostWritesMeter | undefined;
}

/** How long the key of the trial lives, in milliseconds. */
const TRIAL_TTL_MS = 60_000;
/** Where the primaries of a cluster have several faults, the first of these counts. */
const SEVEREST_FIRST: readonly RedisFault[] = ['unreachable', 'read-only', 'no-replicas', 'full', 'other'];

interface Trial {
  fault: RedisFault;
  err: unknown;
}

/**
 * Tries every few seconds whether Redis answers and takes writes: on a cluster, whether each primary does. A relay that
 * only reads would not notice for half a minute that its Redis was demoted while the connections stayed open. With the
 * trial's error the connection is made again, and on a cluster the slots are looked up.
 */
export class RedisHealth {
  /** For commands that only read: see `open-reads.ts`. */
  readonly reads: Redis;
  readonly lostWrites: LostWrites;
  readonly #deps: RedisHealthDeps;
  readonly #timer: NodeJS.Timeout;
  readonly #trialKeys: TrialKeys;
  readonly #memory: RedisMemory;
  #isTrying = false;
  #fault: RedisFault | undefined;

  constructor(deps: RedisHealthDeps) {
    this.#deps = deps;
    this.reads = openReads(deps.config, deps.redis);
    this.lostWrites = new LostWrites(deps.logger, deps.meter);
    this.#trialKeys = new TrialKeys(deps.relay);
    this.#memory = new RedisMemory(this.reads);
    this.#timer = setInterval(() => void this.#try(), deps.limits.trialEveryMs);
    this.#timer.unref();
  }

  /** What the last trial met, none while Redis answers and takes writes, and what was lost since. */
  readonly state = (): { fault: RedisFault | undefined; lost: readonly SoftWrite[] } => ({
    fault: this.#fault,
    lost: this.lostWrites.kinds,
  });

  /** See {@link RedisMemory.usedRatio}. A Redis that did not answer the last trial is not asked. */
  readonly memoryUsedRatio = async (): Promise<number | undefined> =>
    this.#fault === 'unreachable' ? undefined : this.#memory.usedRatio();

  /** Rejects, in about a second, where Redis does not answer, or of a cluster one primary at least. */
  readonly ping = async (): Promise<void> => {
    if (this.#fault === 'unreachable') throw new Error('the last trial was not answered');
    await this.reads.ping();
  };

  close(): void {
    clearInterval(this.#timer);
    this.reads.disconnect();
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    const { logger } = this.#deps;
    const trials = (await Promise.all(this.#keys().map((key) => this.#tryKey(key)))).flat();
    this.#isTrying = false;
    const [severest] = SEVEREST_FIRST.flatMap((fault) => trials.find((trial) => trial.fault === fault) ?? []);
    if (severest !== undefined) this.#lookUpSlots();
    const before = this.#fault;
    this.#fault = severest?.fault;
    // Also after a fault so short that no trial has met it.
    if (severest === undefined) this.lostWrites.forget();
    if (before === this.#fault) return;
    if (severest === undefined) logger.info('Redis takes writes again');
    else
      logger.warn(
        severest,
        severest.fault === 'unreachable' ? 'Redis does not answer' : 'Redis takes no writes',
      );
  }

  #lookUpSlots(): void {
    for (const client of [this.#deps.redis, this.reads]) if (isCluster(client)) client.refreshSlotsCache();
  }

  #keys(): string[] {
    const { redis, relay } = this.#deps;
    const keys = isCluster(redis) ? this.#trialKeys.of(redis.slots) : [];
    // A cluster of which no slot is known: any key shows that it does not answer.
    return keys.length > 0 ? keys : [trialKey(relay)];
  }

  async #tryKey(key: string): Promise<Trial[]> {
    const { redis } = this.#deps;
    const [written, read] = await Promise.allSettled([
      redis.set(key, '', 'PX', TRIAL_TTL_MS),
      this.reads.exists(key),
    ]);
    if (read.status === 'rejected') return [{ fault: 'unreachable', err: read.reason }];
    return written.status === 'rejected' ? [{ fault: faultOf(written.reason), err: written.reason }] : [];
  }
}

function faultOf(error: unknown): RedisFault {
  const text = error instanceof Error ? error.message : '';
  if (text.startsWith('READONLY')) return 'read-only';
  if (text.startsWith('NOREPLICAS')) return 'no-replicas';
  return text.startsWith('OOM') ? 'full' : 'other';
}
