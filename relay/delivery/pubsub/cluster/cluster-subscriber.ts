import { setTimeout as sleep } from 'node:timers/promises';
import { inParallel } from '../../../../shared/in-parallel.ts';
import { keySlot } from '../../../../shared/key-slot.ts';
import { type Cluster, type RedisNode, reconnectDelay } from '../../../../shared/redis.ts';
import type { Subscriber, SubscriberEvents } from '../../subscriber.ts';
import { ShardConnection } from './shard-connection.ts';

export interface ClusterSubscriberDeps extends SubscriberEvents {
  /** Knows which node has a slot, as far as its own commands have shown it. */
  cluster: Pick<Cluster, 'slots' | 'refreshSlotsCache' | 'on'>;
  /** Makes a connection to one node, with `autoResubscribe: false` and without attempts to connect again. */
  connect(host: string, port: number): RedisNode;
  /** How long a connection may be silent before it is tested, in milliseconds. */
  silenceMs: number;
}

/** How often to look for silent connections, as a share of `silenceMs`. */
const LOOK_SHARE = 1 / 3;
/** How often one subscription is redirected to another node before it counts as refused. */
const REDIRECTIONS_MAX = 5;
/** How many lost channels are subscribed at once. One command takes channels of one slot only, so each has its own. */
const PARALLEL_SUBSCRIBES = 500;

/**
 * The pub/sub connections to the nodes of a Redis Cluster, where a channel lives on the node that has its slot.
 *
 * A channel is lost when its slot moves to another node, which the old node reports, or when a connection breaks. A
 * primary that was demoted, or replaced while it hung, may keep a channel but get no events. So the subscriber also
 * follows what the commands learn of the slots. It tries to subscribe a lost channel where it lives now, until it
 * succeeds. Then {@link SubscriberEvents.onRestored} follows: what was published meanwhile has to be read from the
 * log.
 */
export class ClusterSubscriber implements Subscriber {
  readonly #deps: ClusterSubscriberDeps;
  /** By `HOST:PORT`. */
  readonly #connections = new Map<string, ShardConnection>();
  /** Every channel that is wanted, and the connection that has it. */
  readonly #homes = new Map<string, ShardConnection | undefined>();
  /** Channels that are being subscribed again. */
  readonly #restoring = new Set<string>();
  readonly #timer: NodeJS.Timeout;
  #isClosed = false;

  constructor(deps: ClusterSubscriberDeps) {
    this.#deps = deps;
    const { silenceMs } = deps;
    this.#timer = setInterval(() => {
      for (const connection of this.#connections.values()) connection.checkSilence(silenceMs);
    }, silenceMs * LOOK_SHARE);
    this.#timer.unref();
    deps.cluster.on('refresh', () => this.#followSlots());
  }

  async subscribe(channel: string): Promise<void> {
    this.#homes.set(channel, this.#homes.get(channel));
    await this.#place(channel);
  }

  async unsubscribe(channel: string): Promise<void> {
    const home = this.#homes.get(channel);
    this.#homes.delete(channel);
    await home?.unsubscribe(channel);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const connection of this.#connections.values()) connection.close();
  }

  /** Subscribes a channel at the node that has its slot, and follows the redirections of the nodes. */
  async #place(channel: string): Promise<void> {
    const { cluster } = this.#deps;
    let address = this.#ownerOf(channel);
    for (let redirections = 0; address !== undefined && redirections <= REDIRECTIONS_MAX; redirections++) {
      const connection = this.#connection(address);
      try {
        await connection.subscribe(channel);
        // It may have been unsubscribed meanwhile.
        if (this.#homes.has(channel)) this.#move(channel, connection);
        else await connection.unsubscribe(channel);
        return;
      } catch (error) {
        address = newOwner(error);
        cluster.refreshSlotsCache();
        if (address === undefined) throw error;
      }
    }
    cluster.refreshSlotsCache();
    throw new Error('no node of the cluster has the slot of the channel');
  }

  #ownerOf(channel: string): string | undefined {
    return this.#deps.cluster.slots[keySlot(channel)]?.[0];
  }

  #move(channel: string, to: ShardConnection): void {
    const from = this.#homes.get(channel);
    this.#homes.set(channel, to);
    // The old node may hang. Its connection is then closed.
    if (from !== to) from?.unsubscribe(channel).catch(() => {});
  }

  /** The commands have learnt where the slots are. Channels that another node has now are subscribed there. */
  #followSlots(): void {
    const strayed = [...this.#homes].filter(([channel, home]) => {
      const owner = this.#ownerOf(channel);
      return home !== undefined && owner !== undefined && this.#connections.get(owner) !== home;
    });
    if (strayed.length > 0) void this.#restore(strayed.map(([channel]) => channel));
  }

  /** Subscribes lost channels again, and goes on trying while their node is away. */
  async #restore(channels: readonly string[]): Promise<void> {
    const { onRestored, logger } = this.#deps;
    let lost = channels.filter((channel) => !this.#restoring.has(channel));
    for (const channel of lost) this.#restoring.add(channel);
    for (let attempt = 1; lost.length > 0 && !this.#isClosed; attempt++) {
      const restored: string[] = [];
      const failed: string[] = [];
      let reason: unknown;
      await inParallel(lost, PARALLEL_SUBSCRIBES, async (channel) => {
        try {
          if (this.#homes.has(channel)) {
            await this.#place(channel);
            restored.push(channel);
          }
          // At once: its connection may be lost again while other channels still wait.
          this.#restoring.delete(channel);
        } catch (err) {
          reason = err;
          failed.push(channel);
        }
      });
      if (restored.length > 0) onRestored(restored);
      if (failed.length === 0 || this.#isClosed) return;
      logger.warn({ err: reason, channels: failed.length }, 'cannot subscribe: will try again');
      await sleep(reconnectDelay(attempt));
      lost = failed;
    }
  }

  #connection(address: string): ShardConnection {
    const existing = this.#connections.get(address);
    if (existing) return existing;
    const { connect, logger, onMessage } = this.#deps;
    const portAt = address.lastIndexOf(':');
    const connection = new ShardConnection({
      redis: connect(address.slice(0, portAt), Number(address.slice(portAt + 1))),
      logger,
      onMessage,
      onLost: (channels) => void this.#restore(channels),
      onEnd: () => {
        if (this.#connections.get(address) === connection) this.#connections.delete(address);
      },
    });
    this.#connections.set(address, connection);
    return connection;
  }
}

/** `HOST:PORT` of the node that has the slot now, if a subscription was refused for that reason. */
function newOwner(error: unknown): string | undefined {
  return error instanceof Error ? /^MOVED \d+ (\S+:\d+)$/.exec(error.message)?.[1] : undefined;
}
