import { createServer } from 'node:http';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  makePush,
} from '../functions/deployed-functions.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { Fixture } from '../helpers/fixture.ts';
import { NativeDesktop } from '../helpers/native-desktop.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../helpers/relay-program.ts';
import { until } from '../helpers/until.ts';
import { CONVERSATION, PROJECT, SECRETS } from './marked.ts';

/** A message of Pub/Sub with marked words. */
export const markedPush = (): ReturnType<typeof makePush> =>
  makePush(
    { conversation: CONVERSATION, text: SECRETS.transcript },
    { attributes: { message_id: SECRETS.transcript } },
  );

/** Every process of the system, at its most talkative. */
export class MarkedFixture extends Fixture {
  server!: TestRedis;
  deployed!: DeployedFunctions;
  program!: RelayProgram;
  relay!: RelayProcess;
  /** A token of the relay, registered for with what is secret. */
  token!: string;

  protected override async start(): Promise<void> {
    const dialogflow = createServer((request, response) => {
      request.resume();
      if (request.url?.includes('broken')) response.destroy();
      else
        response.writeHead(500, { 'content-type': 'application/json' }).end(`{"error":"${SECRETS.summary}"}`);
    });
    const dialogflowPort = await this.listen(dialogflow);
    this.server = await startTestRedis({ args: ['--requirepass', SECRETS.redisPassword] });
    this.defer(() => this.server.stop());
    const env = { ...this.server.env, REDIS_AUTH: SECRETS.redisPassword, LOG_LEVEL: 'debug' };
    const functions = await buildFunctions(this);
    this.deployed = await deployFunctions(this, functions, { ...env, EVENT_MAX_BYTES: '20000' });
    this.program = await buildRelay(this, SECRETS.signingKey);
    this.relay = await this.program.start({
      ...env,
      GCP_PROJECT_ID: PROJECT,
      AUTH_OPTION: 'Skip',
      DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${dialogflowPort}`,
    });
    await until(async () => (await fetch(`${this.relay.url}/ready`)).ok);
    const registered = await fetch(`${this.relay.url}/register`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRETS.provider}` },
      body: JSON.stringify({ gcp_agent_assist_user: SECRETS.user }),
    });
    this.token = ((await registered.json()) as { token: string }).token;
  }

  /** Calls a route of the relay and resolves with the status. */
  async call(
    method: string,
    path: string,
    body?: string,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const response = await fetch(`${this.relay.url}${path}`, {
      method,
      headers: { authorization: this.token, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    await response.text();
    return response.status;
  }

  /** Opens a Socket.IO desktop; resolves when it is connected. */
  desktop(token = this.token): Promise<TestDesktop> {
    return this.keep(new TestDesktop(this.relay.url, token)).connected();
  }

  /** Opens a connection of the native protocol that has not shown a token. */
  nativeDesktop(): Promise<NativeDesktop> {
    return this.keep(new NativeDesktop(this.relay.url)).opened();
  }
}
