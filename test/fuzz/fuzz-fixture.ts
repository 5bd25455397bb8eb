// A whole relay in this process, with a Redis and what stands in for Dialogflow and Twilio, and what must hold after every
// case: nothing failed, nothing secret was logged, and a desktop that was there all the time is served as before.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { desktopPlugin } from '../../relay/http/pages/desktop-page.ts';
import { RelayMetrics } from '../../relay/metrics/metrics.ts';
import { type MetricsServer, serveMetrics } from '../../relay/metrics/server.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { createRedis, type Redis } from '../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../shared/stream/event-log.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { makeEvent } from '../helpers/events.ts';
import { startProviderServers, TWILIO } from '../helpers/provider-servers.ts';
import { startTestRedis, TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../helpers/relay.ts';
import { until } from '../helpers/until.ts';
import { fixedToken } from '../relay/admin/admin-requests.ts';
import { NativeDesktop } from '../relay/websocket/native-desktop.ts';
import { throwStrays } from './fuzz.ts';

export const ADMIN_TOKEN = 'admin-sekret-of-more-than-thirty-two-bytes';
/** Stands in requests where a secret would. */
export const SEKRET = 'sekret-that-nobody-may-repeat';

const nameOf = (id: string) => `projects/${TEST_PROJECT}/conversations/fuzz-${id}` as ShortName;
/** Conversations that the cases join: few, so that they meet each other. */
export const CONVERSATIONS = ['a', 'b', 'c'].map(nameOf);
/** One that administrators send everybody out of. */
export const LOST_CONVERSATION = nameOf('lost');

const DESKTOP_FILES = ['index.html', 'desktop.css', 'desktop.js', 'socket.io.min.js'];
/** Where the desktop page's files are. */
export const DESKTOP_PATHS = ['/', ...DESKTOP_FILES.slice(1).map((file) => `/desktop/${file}`)];

/** Enough that none of them makes more calls than an agent may, however fast the cases follow each other. */
const AGENTS = 30;

export interface RelayWorld {
  relay: TestRelay;
  metrics: MetricsServer;
  /** A token that is accepted, of one agent after the other. */
  agentToken(): string;
  /** For what must not appear anywhere: the tokens that are in use. */
  isSecret(text: string): boolean;
  /** Throws for what the relay logged since the last call that it must not. */
  checkLog(): void;
  /** Throws unless REST, Socket.IO and the native protocol serve a desktop as ever, and no other is left. */
  checkService(): Promise<void>;
  close(): Promise<void>;
}

export async function startRelayWorld(): Promise<RelayWorld> {
  const redis = await startTestRedis();
  const providers = await startProviderServers();
  const dialogflow = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.setHeader('content-type', 'application/json').end('{"name":"x"}'));
  });
  await new Promise<void>((resolve) => dialogflow.listen(0, '127.0.0.1', resolve));
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-desktop-'));
  for (const file of DESKTOP_FILES) await writeFile(join(directory, file), `content of ${file}`);

  let fault: string | undefined;
  let secrets: string[] = [];
  const isSecret = (text: string) => secrets.some((secret) => text.includes(secret));
  const metrics = new RelayMetrics();
  const relay = await startTestRelay(
    redis,
    {
      DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${(dialogflow.address() as AddressInfo).port}`,
      ANALYZE_CONTENT_PER_MINUTE: '1000000',
      APP_AUTH_OPTION: 'Twilio',
      TWILIO_ACCOUNT_SID: TWILIO.account,
    },
    {
      adminToken: fixedToken(ADMIN_TOKEN),
      // What the cases are for is behind the limit of refusals.
      limits: { admin: { eraseAfterMs: 2 }, rateLimits: { refusalsPerMinute: 1e9 } },
      metrics,
      clientScript: 'export {};',
      desktop: desktopPlugin({ directory }),
      providerDispatcher: providers.dispatcher,
      onLog: (line) => {
        if (isSecret(line) || /"severity":"(?:ERROR|CRITICAL)"/.test(line)) fault ??= line;
      },
    },
  );
  const agents = Array.from(
    { length: AGENTS },
    (_, index) => relay.tokens.issue(`test:agent-${index}`, '').token,
  );
  const parts = agents.flatMap((token) => token.split('.').slice(1));
  secrets = [SEKRET, ADMIN_TOKEN, TWILIO.authToken, ...parts];
  const metricsServer = await serveMetrics(metrics.registry, 0, '127.0.0.1');

  const connection: Redis = createRedis(redis.redisConfig);
  const events: EventLog = createEventLog(connection, { historySize: 50, historyTtlSeconds: 600 });
  for (const name of [...CONVERSATIONS, LOST_CONVERSATION])
    for (let i = 0; i < 3; i++) await events.append(makeEvent(name));
  const name = uniqueConversation();
  const witness = await new TestDesktop(relay.url, relay.tokens.issue('test:witness', '').token).connected();
  assert.equal(await witness.join(name), [true, name]);
  witness.socket.on('disconnect', () => {
    fault ??= 'a desktop that did nothing wrong was disconnected';
  });

  function checkLog(): void {
    const found = fault;
    fault = undefined;
    assert.is(found, undefined);
  }

  async function checkService(): Promise<void> {
    checkLog();
    const before = witness.events.length;
    await events.append(makeEvent(name));
    await witness.received(before + 1);
    const status = await fetch(`${relay.url}/status`);
    assert.is(await status.text(), 'Hello, cross-origin-world!');
    await until(async () => (await openDesktops()) === 1);
    const native = new NativeDesktop(relay.url);
    await native.ready(relay.tokens.issue('test:newcomer', '').token);
    await native.join(name, '0');
    native.socket.close();
    const url = `${relay.url}/v2beta1/projects/${TEST_PROJECT}/locations/global/conversations/fuzz-a/participants`;
    for (const token of agents)
      assert.is((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status, 200);
    checkLog();
    throwStrays();
  }

  async function openDesktops(): Promise<number> {
    const { values } = (await metrics.registry.getSingleMetric('agent_assist_connections')?.get()) ?? {
      values: [],
    };
    return values.reduce((sum, { value }) => sum + value, 0);
  }

  let next = 0;
  return {
    relay,
    metrics: metricsServer,
    agentToken: () => agents[next++ % AGENTS] ?? '',
    isSecret,
    checkLog,
    checkService,
    close: async () => {
      witness.socket.removeAllListeners('disconnect');
      witness.close();
      await relay.close();
      await metricsServer.close();
      connection.disconnect();
      dialogflow.closeAllConnections();
      await new Promise<void>((resolve) => dialogflow.close(() => resolve()));
      await rm(directory, { recursive: true });
      await providers.close();
      await redis.stop();
    },
  };
}
