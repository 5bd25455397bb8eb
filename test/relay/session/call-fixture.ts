import { randomBytes } from 'node:crypto';
import { type SigningKey, signingKey } from '../../../relay/identity/signing-key.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { type ClientVersion, TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';

export const MINUTE = 60_000;

type StartOptions = Parameters<typeof startTestRelay>[2];

/** A page, and what its joins were acknowledged with. */
export type Page = TestDesktop & { answers: unknown[][] };

export const makeKey = (): SigningKey => signingKey(randomBytes(48).toString('base64'));

/** Calls that last, on relays whose clock the test moves; they share one Redis. */
export class CallWorld {
  readonly redis: TestRedis;
  readonly commands: Redis;
  readonly log: EventLog;
  readonly key = makeKey();
  /** What the relays take for the time, in milliseconds since 1970. */
  clock = Date.now();
  readonly #open: { close(): unknown }[] = [];

  private constructor(redis: TestRedis) {
    this.redis = redis;
    this.commands = createRedis(redis.redisConfig);
    this.log = createEventLog(this.commands, { historySize: 1000, historyTtlSeconds: 3600 });
  }

  static async start(): Promise<CallWorld> {
    return new CallWorld(await startTestRedis());
  }

  async startRelay(env: Record<string, string> = {}, deps: StartOptions = {}): Promise<TestRelay> {
    const own = { now: () => this.clock, keyRing: () => [this.key] as const };
    return this.keep(await startTestRelay(this.redis, env, { ...own, ...deps }));
  }

  /** A page as existing desktops are: one token for good, and a join whenever it is connected. */
  async openPage(
    url: string,
    token: string,
    conversation: unknown,
    client: ClientVersion = '4.8',
  ): Promise<Page> {
    const page = Object.assign(new TestDesktop(url, token, { client }), { answers: [] as unknown[][] });
    this.keep(page);
    page.socket.on('connect', () => void page.join(conversation).then((answer) => page.answers.push(answer)));
    await until(() => page.answers.length > 0);
    return page;
  }

  async publish(conversation: ShortName, ...ids: string[]): Promise<void> {
    for (const messageId of ids) await this.log.append(makeEvent(conversation, { messageId }));
  }

  async finish(conversation: ShortName): Promise<void> {
    const data = { type: 'CONVERSATION_FINISHED' };
    await this.log.append(makeEvent(conversation, { kind: 'conversation-lifecycle-event', data }));
  }

  /** Closes it after the test. */
  keep<T extends { close(): unknown }>(it: T): T {
    this.#open.push(it);
    return it;
  }

  /** After each test; the next one begins at the real time. */
  async reset(): Promise<void> {
    for (const each of this.#open.splice(0).reverse()) await each.close();
    this.clock = Date.now();
  }

  async stop(): Promise<void> {
    this.commands.disconnect();
    await this.redis.stop();
  }
}

/** What a desktop is told that tries once to connect with a token. */
export async function connecting(url: string, token: string): Promise<string> {
  const page = new TestDesktop(url, token);
  page.socket.io.reconnection(false);
  try {
    await page.connected();
    return 'connected';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  } finally {
    page.close();
  }
}

export const has = (page: TestDesktop, id: string): Promise<void> =>
  until(() => page.messageIds().includes(id));

/** The messages of a page, each at its first sight. */
export const seen = (page: TestDesktop): string[] => [...new Set(page.messageIds())];

export const upTo = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index + 1));

/** Until a page has been closed for the age of its connection, and has joined again. */
export async function closedAndBack(page: Page): Promise<void> {
  const joins = page.answers.length;
  await until(() => page.answers.length > joins, 15_000);
}
