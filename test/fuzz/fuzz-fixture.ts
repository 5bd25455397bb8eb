// A whole relay in this process, with a Redis and what stands in for Dialogflow and Twilio, and what must hold after every
// case: nothing failed, nothing secret was logged, and a desktop that was there all the time is served as before.
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { DESKTOP_FILES, WALL_FILES } from '../../relay/desktop/bundle.ts';
import { desktopPlugin } from '../../relay/http/pages/desktop-page.ts';
import { RelayMetrics } from '../../relay/metrics/metrics.ts';
import { type MetricsServer, serveMetrics } from '../../relay/metrics/server.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { TestDesktop } from '../helpers/desktop.ts';
import { startProviderServers, TWILIO } from '../helpers/provider-servers.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { RelayFixture, type RelayFixtureOptions } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { fixedToken } from '../relay/admin/admin-requests.ts';
import { throwStrays } from './fuzz.ts';
import '../helpers/patient-redis.ts';

export const ADMIN_TOKEN = 'admin-sekret-of-more-than-thirty-two-bytes';
/** Stands in requests where a secret would. */
export const SEKRET = 'sekret-that-nobody-may-repeat';

const nameOf = (id: string) => `projects/${TEST_PROJECT}/conversations/fuzz-${id}` as ShortName;
/** Conversations that the cases join: few, so that they meet each other. */
export const CONVERSATIONS = ['a', 'b', 'c'].map(nameOf);
/** One that administrators send everybody out of. */
export const LOST_CONVERSATION = nameOf('lost');

/** Where the files of the desktop page and of the wall are. */
export const DESKTOP_PATHS = [
  '/',
  '/supervisor',
  ...DESKTOP_FILES.map((file) => `/desktop/${file}`),
  ...WALL_FILES.map((file) => `/supervisor/${file}`),
];

/** Enough that none of them makes more calls than an agent may, however fast the cases follow each other. */
const AGENTS = 30;

export class FuzzFixture extends RelayFixture {
  /** Where the relay's metrics are served. */
  metricsServer!: MetricsServer;
  readonly #metrics = new RelayMetrics();
  readonly #conversation = uniqueConversation();
  /** A desktop that is there all the time. */
  #witness!: TestDesktop;
  #agents: string[] = [];
  #nextAgent = 0;
  #secrets: string[] = [];
  /** What went wrong since {@link checkLog} was called last. */
  #fault: string | undefined;

  protected override async options(): Promise<RelayFixtureOptions> {
    const dialogflow = createServer((request, response) => {
      request
        .resume()
        .on('end', () => response.setHeader('content-type', 'application/json').end('{"name":"x"}'));
    });
    const directory = this.directory();
    await mkdir(join(directory, 'supervisor'));
    const wallFiles = WALL_FILES.map((file) => `supervisor/${file}`);
    for (const file of ['index.html', 'supervisor.html', ...DESKTOP_FILES, ...wallFiles])
      await writeFile(join(directory, file), `content of ${file}`);
    const providers = this.keep(await startProviderServers());
    return {
      settings: {
        DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${await this.listen(dialogflow)}`,
        ANALYZE_CONTENT_PER_MINUTE: '1000000',
        APP_AUTH_OPTION: 'Twilio',
        TWILIO_ACCOUNT_SID: TWILIO.account,
      },
      // What the cases are for is behind the limit of refusals.
      limits: { admin: { eraseAfterMs: 2 }, rateLimits: { refusalsPerMinute: 1e9 } },
      adminToken: fixedToken(ADMIN_TOKEN),
      metrics: this.#metrics,
      clientScript: 'export {};',
      desktop: desktopPlugin({ directory }),
      providerDispatcher: providers.dispatcher,
      onLog: (line) => {
        if (this.isSecret(line) || /"severity":"(?:ERROR|CRITICAL)"/.test(line)) this.#fault ??= line;
      },
    };
  }

  protected override async start(): Promise<void> {
    await super.start();
    this.#agents = Array.from({ length: AGENTS }, (_, index) => this.token(`test:agent-${index}`));
    const parts = this.#agents.flatMap((token) => token.split('.').slice(1));
    this.#secrets = [SEKRET, ADMIN_TOKEN, TWILIO.authToken, ...parts];
    this.metricsServer = this.keep(await serveMetrics(this.#metrics.registry, 0, '127.0.0.1'));
    for (const name of [...CONVERSATIONS, LOST_CONVERSATION]) await this.publishAll(name, 3);
    const name = this.#conversation;
    this.#witness = await this.desktop({ token: this.token('test:witness') });
    assert.equal(await this.#witness.join(name), [true, name]);
    this.#witness.socket.on('disconnect', () => {
      this.#fault ??= 'a desktop that did nothing wrong was disconnected';
    });
  }

  /** A token that is accepted, of one agent after the other. */
  agentToken(): string {
    return this.#agents[this.#nextAgent++ % AGENTS] ?? '';
  }

  /** For what must not appear anywhere: the tokens that are in use. */
  isSecret(text: string): boolean {
    return this.#secrets.some((secret) => text.includes(secret));
  }

  /** Throws for what the relay logged since the last call that it must not. */
  checkLog(): void {
    const found = this.#fault;
    this.#fault = undefined;
    assert.is(found, undefined);
  }

  /** Throws unless REST, Socket.IO and the native protocol serve a desktop as ever, and no other is left. */
  async checkService(): Promise<void> {
    this.checkLog();
    const before = this.#witness.events.length;
    await this.publish(this.#conversation);
    await this.#witness.received(before + 1);
    const { url } = this.relay;
    const status = await fetch(`${url}/status`);
    assert.is(await status.text(), 'Hello, cross-origin-world!');
    await until(async () => (await this.#openDesktops()) === 1);
    const native = await this.nativeDesktop({ token: this.token('test:newcomer') });
    await native.join(this.#conversation, '0');
    native.close();
    const participants = `${url}/v2beta1/projects/${TEST_PROJECT}/locations/global/conversations/fuzz-a/participants`;
    for (const token of this.#agents)
      assert.is((await fetch(participants, { headers: { authorization: `Bearer ${token}` } })).status, 200);
    this.checkLog();
    throwStrays();
  }

  async #openDesktops(): Promise<number> {
    const { values } = (await this.#metrics.registry.getSingleMetric('agent_assist_connections')?.get()) ?? {
      values: [],
    };
    return values.reduce((sum, { value }) => sum + value, 0);
  }
}
