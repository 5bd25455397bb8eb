import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  makePush,
} from '../functions/deployed-functions.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../helpers/relay-program.ts';
import { until } from '../helpers/until.ts';
import { CONVERSATION, PROJECT, SECRETS } from './marked.ts';

/** Every process of the system, at its most talkative. */
export interface MarkedWorld {
  redis: TestRedis;
  deployed: DeployedFunctions;
  program: RelayProgram;
  relay: RelayProcess;
  /** A token of the relay, registered for with what is secret. */
  token: string;
  /** Calls a route of the relay and resolves with the status. */
  call(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<number>;
  stop(): Promise<void>;
}

/** A message of Pub/Sub with marked words. */
export const markedPush = (): ReturnType<typeof makePush> =>
  makePush(
    { conversation: CONVERSATION, text: SECRETS.transcript },
    { attributes: { message_id: SECRETS.transcript } },
  );

export async function startMarkedWorld(): Promise<MarkedWorld> {
  const dialogflow = createServer((request, response) => {
    request.resume();
    if (request.url?.includes('broken')) response.destroy();
    else
      response.writeHead(500, { 'content-type': 'application/json' }).end(`{"error":"${SECRETS.summary}"}`);
  });
  await new Promise<void>((resolve) => dialogflow.listen(0, '127.0.0.1', resolve));
  const redis = await startTestRedis({ args: ['--requirepass', SECRETS.redisPassword] });
  const env = { ...redis.env, REDIS_AUTH: SECRETS.redisPassword, LOG_LEVEL: 'debug' };
  const functions = await buildFunctions();
  const deployed = await deployFunctions(functions, { ...env, EVENT_MAX_BYTES: '20000' });
  const program = await buildRelay(SECRETS.signingKey);
  const relay = await program.start({
    ...env,
    GCP_PROJECT_ID: PROJECT,
    AUTH_OPTION: 'Skip',
    DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${(dialogflow.address() as AddressInfo).port}`,
  });
  await until(async () => (await fetch(`${relay.url}/ready`)).ok);
  const registered = await fetch(`${relay.url}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.provider}` },
    body: JSON.stringify({ gcp_agent_assist_user: SECRETS.user }),
  });
  const { token } = (await registered.json()) as { token: string };

  return {
    redis,
    deployed,
    program,
    relay,
    token,
    async call(method, path, body, headers = {}) {
      const response = await fetch(`${relay.url}${path}`, {
        method,
        headers: { authorization: token, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body }),
      });
      await response.text();
      return response.status;
    },
    async stop() {
      await relay.stop();
      await deployed.stop();
      program.remove();
      functions.remove();
      await redis.stop();
      dialogflow.close();
    },
  };
}
