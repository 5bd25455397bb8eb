import type { ShortName } from '../../shared/conversation-name.ts';
import { DESKTOP_RELAYS_KEY, desktopsKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { Hub, Membership } from '../delivery/hub.ts';
import { type ConversationLimits, DESKTOPS_TTL_SECONDS } from './limits.ts';

export interface DesktopCountsDeps {
  redis: Redis;
  /** Names this relay. */
  relay: string;
  /** Is told what Redis did not take; it is written later. */
  onRefused(err: unknown): void;
  limits: { conversations: Pick<ConversationLimits, 'desktopsFlushMs' | 'desktopsRenewMs'> };
}

/** Fields of one command at most: a relay that comes back may have many. */
const FIELDS_MAX = 1_000;

/**
 * Counts the desktops of this relay in each conversation, and tells the other relays through Redis. A hash of each relay
 * has the counts, and expires by itself soon after a relay that has crashed.
 */
export class DesktopCounts {
  readonly #deps: DesktopCountsDeps;
  readonly #key: string;
  readonly #counts = new Map<ShortName, number>();
  /** What Redis does not have yet. */
  #changed = new Set<ShortName>();
  #flushing: NodeJS.Timeout | undefined;
  readonly #renewing: NodeJS.Timeout;

  constructor(deps: DesktopCountsDeps) {
    this.#deps = deps;
    this.#key = desktopsKey(deps.relay);
    this.#renewing = setInterval(() => void this.#renew(), deps.limits.conversations.desktopsRenewMs);
    this.#renewing.unref();
  }

  /** A hub that counts who joins. */
  counting(hub: Pick<Hub, 'join'>): Pick<Hub, 'join'> {
    return {
      join: (conversation, member, from) => this.#watch(conversation, hub.join(conversation, member, from)),
    };
  }

  /** The key of a relay that has ended is gone at once. */
  close(): void {
    clearInterval(this.#renewing);
    clearTimeout(this.#flushing);
    const { redis, relay } = this.#deps;
    if (this.#counts.size === 0 && this.#changed.size === 0) return;
    const gone = [redis.unlink(this.#key), redis.zrem(DESKTOP_RELAYS_KEY, relay)];
    void Promise.allSettled(gone);
  }

  #watch(conversation: ShortName, membership: Membership): Membership {
    let state: 'asked' | 'in' | 'left' = 'asked';
    const { ready } = membership;
    void ready.then(
      () => {
        if (state !== 'asked') return;
        state = 'in';
        this.#change(conversation, 1);
      },
      () => {},
    );
    return {
      ready,
      leave: () => {
        membership.leave();
        if (state === 'in') this.#change(conversation, -1);
        state = 'left';
      },
    };
  }

  #change(conversation: ShortName, by: 1 | -1): void {
    const count = (this.#counts.get(conversation) ?? 0) + by;
    if (count > 0) this.#counts.set(conversation, count);
    else this.#counts.delete(conversation);
    this.#changed.add(conversation);
    // A desktop that joins again leaves and comes in one moment, and a shift begins with thousands of joins.
    this.#flushing ??= setTimeout(
      () => void this.#flush(),
      this.#deps.limits.conversations.desktopsFlushMs,
    ).unref();
  }

  async #flush(): Promise<void> {
    this.#flushing = undefined;
    const changed = [...this.#changed];
    this.#changed = new Set();
    const { redis, relay, onRefused } = this.#deps;
    const [present, gone] = [new Map<string, string>(), [] as ShortName[]];
    for (const conversation of changed) {
      const count = this.#counts.get(conversation);
      if (count === undefined) gone.push(conversation);
      else present.set(conversation, String(count));
    }
    try {
      await Promise.all([
        ...chunksOf([...present]).map((chunk) => redis.hset(this.#key, new Map(chunk))),
        ...chunksOf(gone).map((chunk) => redis.hdel(this.#key, ...chunk)),
        redis.zadd(DESKTOP_RELAYS_KEY, String(Date.now()), relay),
      ]);
      await Promise.all([
        redis.expire(this.#key, DESKTOPS_TTL_SECONDS),
        redis.expire(DESKTOP_RELAYS_KEY, DESKTOPS_TTL_SECONDS),
      ]);
    } catch (error) {
      // With the next renewal, unless they change before.
      for (const conversation of changed) this.#changed.add(conversation);
      onRefused(error);
    }
  }

  /** Redis may have lost the counts, or not have taken them. */
  async #renew(): Promise<void> {
    if (this.#counts.size === 0 && this.#changed.size === 0) return;
    const { redis, onRefused } = this.#deps;
    try {
      const longAgo = Date.now() - DESKTOPS_TTL_SECONDS * 1000;
      const [isThere] = await Promise.all([
        redis.expire(this.#key, DESKTOPS_TTL_SECONDS),
        redis.zremrangebyscore(DESKTOP_RELAYS_KEY, '-inf', longAgo),
      ]);
      if (isThere === 0) for (const conversation of this.#counts.keys()) this.#changed.add(conversation);
    } catch (error) {
      return onRefused(error);
    }
    await this.#flush();
  }
}

/**
 * How many desktops have joined each of these conversations, over all relays. Rejects like Redis.
 *
 * @param now in milliseconds since 1970.
 */
export async function countDesktops(
  reads: Redis,
  conversations: readonly ShortName[],
  now: number = Date.now(),
): Promise<number[]> {
  if (conversations.length === 0) return [];
  const relays = await reads.zrangebyscore(DESKTOP_RELAYS_KEY, now - DESKTOPS_TTL_SECONDS * 1000, '+inf');
  const counts = await Promise.all(relays.map((relay) => reads.hmget(desktopsKey(relay), ...conversations)));
  return conversations.map((_, index) => counts.reduce((sum, own) => sum + Number(own[index] ?? 0), 0));
}

function chunksOf<T>(items: readonly T[]): T[][] {
  const chunks: T[][] = [];
  for (let start = 0; start < items.length; start += FIELDS_MAX)
    chunks.push(items.slice(start, start + FIELDS_MAX));
  return chunks;
}
