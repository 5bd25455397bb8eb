import type { Logger } from '../../../../shared/log.ts';
import type { RedisNode } from '../../../../shared/redis.ts';
import { logNodeFaults } from '../../../../shared/redis-fault.ts';

export interface ShardConnectionDeps {
  /** A connection of its own, made with `autoResubscribe: false` and without attempts to connect again. */
  redis: RedisNode;
  logger: Logger;
  onMessage(channel: string, message: string): void;
  /** Channels that were subscribed and are not any more: their slot has moved, or the connection has ended. */
  onLost(channels: readonly string[]): void;
  onEnd(): void;
}

/** The pub/sub connection to one node of a cluster. When it breaks, another object takes its place. */
export class ShardConnection {
  readonly #deps: ShardConnectionDeps;
  readonly #channels = new Set<string>();
  #lastHeardAt = Date.now();
  #isLooking = false;

  constructor(deps: ShardConnectionDeps) {
    this.#deps = deps;
    const { redis, logger, onMessage, onEnd } = deps;
    logNodeFaults(redis, logger);
    redis.on('smessage', (channel: string, message: string) => {
      this.#lastHeardAt = Date.now();
      onMessage(channel, message);
    });
    redis.on('moved', () => this.#lookForLost());
    redis.once('end', () => {
      onEnd();
      this.#lose([...this.#channels]);
    });
  }

  /** Resolves when the node has confirmed the subscription. Rejects with `MOVED` if another has the channel's slot. */
  async subscribe(channel: string): Promise<void> {
    await this.#deps.redis.ssubscribe(channel);
    this.#lastHeardAt = Date.now();
    this.#channels.add(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    if (!this.#channels.delete(channel)) return;
    await this.#deps.redis.sunsubscribe(channel);
  }

  /**
   * Tests the connection if it has been silent for this long, in milliseconds. It may hang on a node that is dead or
   * cut off from the others. A connection without a channel is closed.
   */
  checkSilence(silenceMs: number): void {
    if (this.#deps.redis.status !== 'ready' || Date.now() - this.#lastHeardAt < silenceMs) return;
    const [channel] = this.#channels;
    if (channel === undefined) {
      this.close();
      return;
    }
    // Subscribing again changes nothing, but shows that the node answers and still has the slot. Without an answer,
    // the time limit of the socket ends the connection. The channel may be unsubscribed before the answer.
    const onAnswer = () => {
      this.#lastHeardAt = Date.now();
    };
    this.#deps.redis.ssubscribe(channel).then(onAnswer, (err: unknown) => {
      if (!(err instanceof Error) || err.name !== 'ReplyError') return;
      this.#deps.logger.warn({ err }, 'a node refuses a channel that it had: closing the connection to it');
      this.close();
    });
  }

  close(): void {
    this.#deps.redis.disconnect();
  }

  /**
   * ioredis says `moved` once for each channel that the node has given away, and for every refusal. It does not name
   * the channel. So this looks, once for all of them, for channels that the connection no longer holds.
   */
  #lookForLost(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      const { subscriber = false } = this.#deps.redis.condition ?? {};
      const held = new Set(subscriber === false ? [] : subscriber.channels('ssubscribe'));
      this.#lose([...this.#channels].filter((channel) => !held.has(channel)));
    });
  }

  #lose(channels: readonly string[]): void {
    if (channels.length === 0) return;
    for (const channel of channels) this.#channels.delete(channel);
    this.#deps.onLost(channels);
  }
}
