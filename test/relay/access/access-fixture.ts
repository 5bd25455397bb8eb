import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { conversationNamesIn } from '../../../relay/integration-keys/conversation-name-store.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { AuthorizerServer } from './authorizer-server.ts';

/** In milliseconds: short, so that what takes a minute is seen in a moment, and the limit not too short for a busy machine. */
export const TIMES = { authorizerTimeoutMs: 3_000, authorizerCacheMs: 600 };

/** A relay on a real Redis, with an integrator's webhook, and something that answers in Dialogflow's place. */
export class AccessWorld {
  readonly redis: TestRedis;
  readonly relay: TestRelay;
  readonly authorizer: AuthorizerServer;
  /** What reached Dialogflow, as `METHOD path`. */
  readonly upstream: string[] = [];
  /** Closed last to first when the test is over. */
  readonly open: { close(): unknown }[] = [];
  readonly #commands: Redis;
  readonly #log: EventLog;

  private constructor(redis: TestRedis, relay: TestRelay, authorizer: AuthorizerServer) {
    this.redis = redis;
    this.relay = relay;
    this.authorizer = authorizer;
    this.#commands = createRedis(redis.redisConfig);
    this.#log = createEventLog(this.#commands, { historySize: 100, historyTtlSeconds: 3600 });
  }

  static async start(env: Record<string, string> = {}): Promise<AccessWorld> {
    const redis = await startTestRedis();
    const authorizer = await new AuthorizerServer().start();
    const dialogflow = createServer((request, response) => {
      world.upstream.push(`${request.method} ${request.url}`);
      request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
    });
    await new Promise<void>((resolve) => dialogflow.listen(0, '127.0.0.1', resolve));
    const { port } = dialogflow.address() as AddressInfo;
    const relay = await startTestRelay(
      redis,
      { AUTHORIZER_URL: authorizer.url, DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${port}`, ...env },
      { limits: { access: TIMES, session: { authorizerRetryMs: 100 } } },
    );
    const world = new AccessWorld(redis, relay, authorizer);
    world.open.push({ close: () => redis.stop() }, authorizer, dialogflow);
    world.open.push({ close: () => world.#commands.disconnect() }, relay);
    return world;
  }

  async publish(conversation: ShortName): Promise<void> {
    await this.#log.append(makeEvent(conversation));
  }

  /** Keeps a conversation under an integration key, past the relay. */
  async keepName(key: string, conversation: string): Promise<void> {
    await conversationNamesIn(this.#commands).set(key, conversation, 60);
  }

  /** The audit's lines so far. */
  audited(): Record<string, unknown>[] {
    return this.relay
      .log()
      .split('\n')
      .filter((line) => line.includes('"audit":'))
      .map((line) => JSON.parse(line));
  }

  async close(): Promise<void> {
    for (const each of this.open.splice(0).reverse()) await each.close();
  }
}
