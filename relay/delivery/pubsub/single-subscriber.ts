import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisNode } from '../../../shared/redis.ts';
import type { Subscriber, SubscriberEvents } from '../subscriber.ts';

export interface SingleSubscriberDeps extends SubscriberEvents {
  /** A connection of its own, made with `autoResubscribe: false`: see {@link SingleSubscriber}. */
  redis: RedisNode;
  /** Publishes to a channel over another connection. */
  publish(channel: string, message: string): Promise<unknown>;
  /** A channel that only this process subscribes, to test a silent connection. */
  ownChannel: string;
  /** How long the connection may be silent before it is tested, in milliseconds. */
  silenceMs: number;
}

/** How long a trial message may take to come back, as a share of the silence before it. */
const TRIAL_SHARE = 1 / 3;
const SUBSCRIBE_BATCH = 500;
/** How long a message may take to come back, in milliseconds, after the commands' connection was made again. */
const TRIAL_NOW_MS = 500;

/**
 * The process's one pub/sub connection, if Redis is one server.
 *
 * ioredis can subscribe again by itself, but says `ready` before Redis has confirmed it. In a third of reconnects, a
 * read of the log on `ready` would miss what was published before the subscription took effect. So this class
 * subscribes itself, waits for the confirmation, and only then says that it is back.
 *
 * A connection that stays silent may hang on a node that died without closing it. Then a message to the process's
 * own channel does not come back, and this class makes a new connection.
 */
export class SingleSubscriber implements Subscriber {
  readonly #deps: SingleSubscriberDeps;
  readonly #channels = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #lastHeardAt = Date.now();
  #triedAt: number | undefined;
  #wasReady = false;

  constructor(deps: SingleSubscriberDeps) {
    this.#deps = deps;
    this.#channels.add(deps.ownChannel);
    deps.redis.on('message', (channel: string, message: string) => {
      this.#lastHeardAt = Date.now();
      this.#triedAt = undefined;
      if (channel !== deps.ownChannel) deps.onMessage(channel, message);
    });
    deps.redis.on('ready', () => void this.#resubscribe());
    if (deps.redis.status === 'ready') void this.#resubscribe();
    const { silenceMs } = deps;
    this.#timer = setInterval(() => this.#checkSilence(silenceMs), silenceMs * TRIAL_SHARE);
    this.#timer.unref();
  }

  async subscribe(channel: string): Promise<void> {
    this.#channels.add(channel);
    await this.#deps.redis.subscribe(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    this.#channels.delete(channel);
    await this.#deps.redis.unsubscribe(channel);
  }

  /** Makes a new connection, unless a message to the own channel comes back over this one at once. Rejects like `publish`. */
  async tryNow(): Promise<void> {
    const at = Date.now();
    const { redis, publish, ownChannel } = this.#deps;
    await publish(ownChannel, 'are you there');
    await sleep(TRIAL_NOW_MS, undefined, { ref: false });
    if (this.#lastHeardAt < at && redis.status === 'ready') redis.disconnect(true);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#deps.redis.disconnect();
  }

  async #resubscribe(): Promise<void> {
    const { redis, logger, onRestored } = this.#deps;
    this.#lastHeardAt = Date.now();
    this.#triedAt = undefined;
    const channels = [...this.#channels];
    try {
      for (let start = 0; start < channels.length; start += SUBSCRIBE_BATCH) {
        await redis.subscribe(...channels.slice(start, start + SUBSCRIBE_BATCH));
      }
    } catch (err) {
      // If the connection was lost again, another `ready` follows. If Redis refused, only a new connection can try again.
      logger.warn({ err }, 'cannot subscribe');
      if (redis.status === 'ready') redis.disconnect(true);
      return;
    }
    if (this.#wasReady) onRestored(channels);
    this.#wasReady = true;
  }

  #checkSilence(silenceMs: number): void {
    const { redis, publish, ownChannel, logger } = this.#deps;
    const now = Date.now();
    if (redis.status !== 'ready' || now - this.#lastHeardAt < silenceMs) return;
    if (this.#triedAt !== undefined && now - this.#triedAt >= silenceMs * TRIAL_SHARE) {
      logger.warn('the pub/sub connection is silent: connecting again');
      this.#triedAt = undefined;
      redis.disconnect(true);
      return;
    }
    if (this.#triedAt !== undefined) return;
    publish(ownChannel, 'are you there').then(
      () => {
        // The message may be back before this answer, which comes over another connection.
        if (this.#lastHeardAt < now) this.#triedAt ??= now;
      },
      () => {}, // a trial that could not be sent proves nothing
    );
  }
}
