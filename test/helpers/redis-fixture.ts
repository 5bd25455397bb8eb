import type { Test } from 'uvu';
import type { RedisOptions } from '../../scripts/local/redis-server.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { AgentAssistEvent } from '../../shared/event.ts';
import { createRedis, type RedisConfig, type RedisNode, type RedisOverrides } from '../../shared/redis.ts';
import {
  type AppendResult,
  createEventLog,
  type EventLog,
  type HistoryConfig,
} from '../../shared/stream/event-log.ts';
import { type EventOptions, type InterimOptions, makeEvent, makeInterim, type Utterance } from './events.ts';
import { Fixture } from './fixture.ts';
import { PATIENT, startTestRedis, type TestRedis } from './redis.ts';
import { startTestCluster, type TestCluster, type TestClusterOptions } from './redis-cluster.ts';

export interface RedisFixtureOptions {
  /** What the log keeps to which the tests publish. */
  history?: Partial<HistoryConfig>;
  /** How the server is started; `false` for a file whose tests start servers of their own. */
  server?: RedisOptions | false;
}

/** An event that the log has taken, and where it stands. */
export type Published = AgentAssistEvent & Pick<AppendResult, 'position'>;

export const HISTORY: HistoryConfig = { historySize: 1000, historyTtlSeconds: 3600 };

/** Starts a Redis for the tests of one file and closes it after them. */
export const redisFixture = (test: Test, options?: RedisFixtureOptions): RedisFixture =>
  new RedisFixture(test, options);

/** A Redis with a client and an event log; conversations keep the tests of a file apart. */
export class RedisFixture extends Fixture {
  readonly #options: RedisFixtureOptions;
  #started: { server: TestRedis; redis: RedisNode; log: EventLog } | undefined;

  constructor(test: Test, options: RedisFixtureOptions = {}) {
    super(test);
    this.#options = options;
  }

  protected override async start(): Promise<void> {
    const { server: options, history } = this.#options;
    if (options === false) return;
    const server = await startTestRedis(options);
    this.defer(() => (this.#started?.server ?? server).stop());
    const redis = this.client(server.redisConfig, PATIENT);
    await redis.connect();
    this.#started = { server, redis, log: createEventLog(redis, { ...HISTORY, ...history }) };
  }

  /** The server. */
  get server(): TestRedis {
    return this.#parts.server;
  }

  /** A client of the server. */
  get redis(): RedisNode {
    return this.#parts.redis;
  }

  /** The log to which the tests publish. */
  get log(): EventLog {
    return this.#parts.log;
  }

  /** Appends an event to the log of its conversation, as a function does. */
  async publish(conversation: ShortName, options?: EventOptions): Promise<Published> {
    return this.append(makeEvent(conversation, options));
  }

  /** Appends an interim transcript. */
  async publishInterim(
    conversation: ShortName,
    utterance: Utterance,
    options?: InterimOptions,
  ): Promise<Published> {
    return this.append(makeInterim(conversation, utterance, options));
  }

  /** Appends events with these message ids, or so many events. Resolves with the ids. */
  async publishAll(
    conversation: ShortName,
    ids: readonly string[] | number,
    options?: EventOptions,
  ): Promise<string[]> {
    const each =
      typeof ids === 'number'
        ? Array.from({ length: ids }, () => ({}))
        : ids.map((messageId) => ({ messageId }));
    const published: string[] = [];
    for (const own of each)
      published.push((await this.publish(conversation, { ...options, ...own })).messageId);
    return published;
  }

  /** Publishes the end of a conversation. */
  finish(conversation: ShortName): Promise<Published> {
    const data = { type: 'CONVERSATION_FINISHED' };
    return this.publish(conversation, { kind: 'conversation-lifecycle-event', data });
  }

  async append(event: AgentAssistEvent): Promise<Published> {
    const { position } = await this.log.append(event);
    return { ...event, position };
  }

  /** Opens another client of the server, or a client of another one; faults of its connection are not printed. */
  client(config: RedisConfig = this.server.redisConfig, overrides: RedisOverrides = {}): RedisNode {
    const redis = createRedis(config, overrides);
    redis.on('error', () => {});
    this.defer(() => redis.disconnect());
    return redis;
  }

  /** Starts the server again on its port, after it has ended. */
  async restartRedis(): Promise<void> {
    const server = await startTestRedis({ ...(this.#options.server || {}), port: this.server.port });
    this.#started = { ...this.#parts, server };
  }

  /** Starts another server. */
  async startRedis(options?: RedisOptions): Promise<TestRedis> {
    const server = await startTestRedis(options);
    this.defer(() => server.stop());
    return server;
  }

  /** Starts a Redis Cluster. */
  async startCluster(options?: TestClusterOptions): Promise<TestCluster> {
    const cluster = await startTestCluster(options);
    this.defer(() => cluster.stop());
    return cluster;
  }

  get #parts() {
    if (this.#started === undefined) throw new Error('the fixture starts before the first test');
    return this.#started;
  }
}
