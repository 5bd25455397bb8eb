// The real parts of a service for incidents: a Redis of its own, relays and functions as processes, and what stands in for
// Google.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signingKey } from '../../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../../relay/identity/tokens.ts';
import { eventarcRequest } from '../../../../scripts/local/eventarc.ts';
import { startFunction } from '../../../../scripts/local/functions-host.ts';
import { topicName } from '../../../../scripts/topics.ts';
import type { ShortName } from '../../../../shared/conversation-name.ts';
import type { EventKind } from '../../../../shared/event.ts';
import { ROOT } from '../../../docs/markdown.ts';
import { NativeDesktop } from '../../../helpers/native-desktop.ts';
import { TEST_PROJECT, withLocation } from '../../../helpers/redis.ts';
import { RedisFixture } from '../../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../../../helpers/relay-program.ts';
import { until } from '../../../helpers/until.ts';
import { ADMIN_TOKEN } from '../../../relay/admin/admin-requests.ts';
import { createGoogleStandIn, type GoogleStandIn } from './google-stand-in.ts';
import { type Ended, runPrinted } from './runbook.ts';

const SIGNING_KEY = 'a key of incidents, of more than 32 bytes';
export const AGENT = 'okta:ann';
export const WAIT_MS = 30_000;

let lastId = 5_000_000_000n;

export class IncidentFixture extends RedisFixture {
  google!: GoogleStandIn;
  #program!: RelayProgram;
  #folder = '';
  #googlePort = 0;
  readonly #logs: string[] = [];
  #earliest = 0;

  protected override async start(): Promise<void> {
    if (!existsSync(join(ROOT, 'dist/functions'))) throw new Error('dist is missing: run npm run build');
    await super.start();
    this.#folder = this.directory();
    writeFileSync(join(this.#folder, 'admin-token'), ADMIN_TOKEN);
    this.#program = await buildRelay(this, SIGNING_KEY);
    this.google = createGoogleStandIn(this.#logs, () => this.#earliest);
    this.#googlePort = await this.listen(this.google.server);
  }

  /** Starts a relay as its own process. */
  startRelay(settings: Record<string, string> = {}): Promise<RelayProcess> {
    return this.#program.start({
      ...this.server.env,
      AUTH_OPTION: 'Skip',
      ADMIN_TOKEN_PATH: join(this.#folder, 'admin-token'),
      ...settings,
    });
  }

  /** Writes a file into the folder of the fixture; resolves with its path. */
  file(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return path;
  }

  /** Starts the built function of a kind; resolves with its address. */
  async startFunction(kind: EventKind, settings: Record<string, string> = {}): Promise<string> {
    const logFile = join(this.#folder, `${kind}-${this.#logs.length}.log`);
    this.#logs.push(logFile);
    const { PATH, HOME } = process.env;
    const { url, child } = await startFunction(kind, {
      directory: join(ROOT, 'dist/functions'),
      env: { PATH, HOME, GCP_PROJECT_ID: TEST_PROJECT, ...this.server.env, ...settings },
      logFileOf: () => logFile,
    });
    this.defer(() => child.stop());
    return url;
  }

  /** Delivers an event to a function as Eventarc does; resolves with the status of the answer. */
  async deliver(
    url: string,
    conversation: string,
    {
      kind = 'new-message-event',
      data,
      messageId,
    }: { kind?: EventKind; data?: Uint8Array; messageId?: string } = {},
  ): Promise<number> {
    const id = messageId ?? String(++lastId);
    const time = new Date().toISOString();
    const json = JSON.stringify({ conversation: withLocation(conversation), type: 'NEW_MESSAGE' });
    const { headers, body } = eventarcRequest(topicName(TEST_PROJECT, kind), {
      message: {
        data: Buffer.from(data ?? Buffer.from(json)).toString('base64'),
        attributes: {},
        messageId: id,
        message_id: id,
        publishTime: time,
        publish_time: time,
      },
      subscription: `projects/${TEST_PROJECT}/subscriptions/eventarc-${kind}`,
    });
    const response = await fetch(url, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status;
  }

  /** Another incident begins: what the functions have logged until now was another hour. */
  forgetLogs(): void {
    this.#earliest = Date.now();
  }

  token(subject = AGENT, key = SIGNING_KEY): string {
    const ring = [signingKey(key)] as const;
    const tokens = createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 3_600, keyRing: () => ring });
    return tokens.issue(subject, '', {}).token;
  }

  /** A native desktop that has joined the conversation. */
  async joined(relay: Pick<RelayProcess, 'url'>, conversation: ShortName): Promise<NativeDesktop> {
    const desktop = this.keep(new NativeDesktop(relay.url));
    await desktop.ready(this.token());
    await desktop.join(conversation);
    return desktop;
  }

  /** What makes the command ask the stand-in with the token of gcloud's account. */
  gcloudEnv(): Record<string, string> {
    return this.google.gcloudEnv(this.#googlePort);
  }

  /** Runs the command of the runbook as it is printed. */
  run(
    command: string,
    conversation: string,
    relay: Pick<RelayProcess, 'url'>,
    env: Record<string, string> = {},
  ): Promise<Ended> {
    const isGcloud = env.CLOUDSDK_AUTH_ACCESS_TOKEN !== undefined;
    return runPrinted(command, {
      GCP_PROJECT_ID: TEST_PROJECT,
      ...(isGcloud ? {} : this.google.env(this.#googlePort)),
      CONVERSATION: conversation,
      RELAY: relay.url,
      AGENT,
      ...env,
    });
  }

  /** Waits for a line in the log of a relay. */
  logged(relay: RelayProcess, line: string): Promise<void> {
    return until(() => relay.output().includes(line), WAIT_MS, `the relay has logged ${line}`);
  }
}
