import type { Subscriber } from '../../../../../relay/delivery/subscriber.ts';
import type { ShortName } from '../../../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../../../shared/keys.ts';
import type { EventLog } from '../../../../../shared/stream/event-log.ts';
import type { ChannelMessage } from '../../../../../shared/stream/protocol.ts';
import { SimulatedChannel } from '../../../delivery/simulated-channel.ts';
import { SimulatedLog } from '../../../delivery/simulated-log.ts';
import { Multi } from './multi.ts';
import type { SimulatedClock } from './simulated-clock.ts';

type Hash = Map<string, string>;

/** What Redis holds: the logs of conversations, and hashes. */
export class SimulatedRedis {
  readonly clock: SimulatedClock;
  /** Whether it refuses every write, as a replica does or a Redis that is full. */
  refusesWrites = false;
  readonly #hashes = new Map<string, Hash>();
  readonly #logs = new Map<string, SimulatedLog>();
  readonly #connections: RedisConnection[] = [];

  constructor(clock: SimulatedClock, conversations: readonly ShortName[]) {
    this.clock = clock;
    for (const conversation of conversations) {
      const { channel, log: key } = conversationKeys(conversation);
      const log = new SimulatedLog();
      log.subscribe(new Tap((message) => this.publish(channel, textOf(message))));
      this.#logs.set(conversation, log).set(key, log);
    }
  }

  connect(): RedisConnection {
    const connection = new RedisConnection(this);
    this.#connections.push(connection);
    return connection;
  }

  /** The log of a conversation, by the conversation's name or the log's key. */
  log(name: string): SimulatedLog {
    const log = this.#logs.get(name);
    if (log === undefined) throw new Error(`no log ${name}`);
    return log;
  }

  publish(channel: string, text: string): number {
    for (const connection of this.#connections) connection.hear(channel, text);
    return this.#connections.length;
  }

  /** Makes the hash where there is none. */
  hash(key: string): Hash {
    const hash = this.#hashes.get(key) ?? new Map<string, string>();
    this.#hashes.set(key, hash);
    return hash;
  }

  /** Like EVAL, for the two scripts of places.ts, without the time to live. places.test.ts runs them on a real Redis. */
  eval(lua: string, [key = '']: string[], args: string[]): number {
    const hash = this.hash(key);
    if (lua.includes("redis.call('DEL'")) {
      const [stay = '', , ifKnown] = args;
      if (ifKnown === '1' && hash.size === 0) return 0;
      hash.clear();
      hash.set('stay', stay);
      return 1;
    }
    const [connection, cursor = ''] = args;
    if (hash.get('by') !== connection) return 0;
    hash.set('at', cursor);
    return 1;
  }
}

/** Made once: a stack for each command takes a twentieth of a run. */
const NO_SCRIPT = new Error('NOSCRIPT');
/** How long a command may take, in milliseconds; shared/redis.ts has the same. */
const COMMAND_TIMEOUT_MS = 1_000;
/** Events of one read, so that a replay takes several. */
const PAGE_SIZE = 3;

/**
 * What one relay has of Redis: a connection for commands, and one for channels. Both keep the order. A command that has
 * timed out may still be carried out.
 */
export class RedisConnection implements Subscriber, Pick<EventLog, 'read'> {
  /** One way, in milliseconds. */
  latency = 0;
  channelLatency = 0;
  /** `deaf`: no command arrives. `mute`: no answer does. */
  state: 'well' | 'deaf' | 'mute' = 'well';
  /** When the relay was told last that a write has failed. */
  failedAt = 0;
  onMessage: (channel: string, text: string) => void = () => {};
  onRestored: (channels: readonly string[]) => void = () => {};
  readonly #redis: SimulatedRedis;
  readonly #channels = new Set<string>();
  #isListening = true;
  #arrivesAt = 0;
  #answersAt = 0;
  #hearsAt = 0;

  constructor(redis: SimulatedRedis) {
    this.#redis = redis;
  }

  /** Redis does not know the script: see {@link eval}. */
  evalsha(): Promise<never> {
    return Promise.reject(NO_SCRIPT);
  }

  eval(lua: string, count: number, ...parameters: unknown[]): Promise<number> {
    const texts = parameters.map(String);
    return this.#command(true, () => this.#redis.eval(lua, texts.slice(0, count), texts.slice(count)));
  }

  hget(key: string, field: string): Promise<string | null> {
    return this.#command(false, () => this.#redis.hash(key).get(field) ?? null);
  }

  hmget(key: string, ...fields: string[]): Promise<(string | null)[]> {
    return this.#command(false, () => fields.map((field) => this.#redis.hash(key).get(field) ?? null));
  }

  publish(channel: string, text: string): Promise<number> {
    return this.#command(false, () => this.#redis.publish(channel, text));
  }

  /** For `Places.start` and `Places.addPage`. */
  multi(): Multi {
    return new Multi((writes) =>
      this.#command(true, () => writes.map((write): [null, unknown] => [null, write(this.#redis)])),
    );
  }

  read(conversation: ShortName, after: number, limit: number) {
    return this.#command(false, () => this.#redis.log(conversation).read(after, Math.min(limit, PAGE_SIZE)));
  }

  /** A write of something that is not simulated. */
  note(): Promise<void> {
    return this.#command(true, () => {});
  }

  /** A read of something that is not simulated. */
  ask(): Promise<void> {
    return this.#command(false, () => {});
  }

  async subscribe(channel: string): Promise<void> {
    await this.#command(false, () => this.#channels.add(channel));
  }

  async unsubscribe(channel: string): Promise<void> {
    await this.#command(false, () => this.#channels.delete(channel));
  }

  close(): void {}

  /** The connection for channels breaks, or is there again. */
  listen(isListening: boolean): void {
    if (this.#isListening === isListening) return;
    this.#isListening = isListening;
    if (isListening) this.#later(() => this.onRestored([...this.#channels]));
  }

  hear(channel: string, text: string): void {
    if (!this.#isListening || !this.#channels.has(channel)) return;
    this.#later(() => {
      if (this.#isListening) this.onMessage(channel, text);
    });
  }

  #later(run: () => void): void {
    const { clock } = this.#redis;
    this.#hearsAt = Math.max(this.#hearsAt, clock.now + this.channelLatency);
    clock.after(this.#hearsAt - clock.now, run);
  }

  #command<T>(isWrite: boolean, run: () => T): Promise<T> {
    const { clock } = this.#redis;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    let isOver = false;
    const fail = (message: string) => {
      if (isOver) return;
      isOver = true;
      if (isWrite) this.failedAt = clock.now;
      reject(new Error(message));
    };
    const timeout = clock.after(COMMAND_TIMEOUT_MS, () => fail('Command timed out'));
    const answer = (settle: () => void) => {
      if (this.state === 'mute') return;
      this.#answersAt = Math.max(this.#answersAt, clock.now + this.latency);
      clock.after(this.#answersAt - clock.now, () => {
        clock.cancel(timeout);
        settle();
      });
    };
    this.#arrivesAt = Math.max(this.#arrivesAt, clock.now + this.latency);
    clock.after(this.#arrivesAt - clock.now, () => {
      if (this.state === 'deaf') return;
      if (isWrite && this.#redis.refusesWrites) {
        answer(() => fail('READONLY You can not write against a read only replica.'));
        return;
      }
      const result = run();
      answer(() => {
        isOver = true;
        resolve(result);
      });
    });
    return promise;
  }
}

/** Hands on what a log publishes. */
class Tap extends SimulatedChannel {
  readonly #take: (message: ChannelMessage) => void;

  constructor(take: (message: ChannelMessage) => void) {
    super();
    this.#take = take;
  }

  override publish(message: ChannelMessage): void {
    this.#take(message);
  }
}

/** As append.lua publishes it. */
function textOf(message: ChannelMessage): string {
  const { epoch, offset, tag } = message.position;
  const [letter, more] =
    message.type === 'event' ? ['e', message.previousTag] : ['i', String(message.sequence)];
  return `1${letter} ${epoch} ${offset} ${tag} ${more} ${message.kind} ${message.messageId}\n${message.json}`;
}
