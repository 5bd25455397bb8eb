// The log scanner: every process of the system at its most talkative, through a call and through all that can go
// wrong, with everything that is secret marked. Then nothing marked is in what they have written.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { createRedis } from '../../shared/redis.ts';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  type FunctionsBuild,
  makePush,
} from '../functions/deployed-functions.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../helpers/relay-program.ts';
import { until } from '../helpers/until.ts';
import { exchange } from '../relay/dialogflow/world.ts';
import { NativeDesktop } from '../relay/sockets/native-desktop.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import { shows } from './table.ts';

const PROJECT = SAMPLE_PROJECT.id;
const CONVERSATION = `projects/${PROJECT}/conversations/scanned`;
const SECRETS = {
  transcript: 'marked-words-of-a-customer',
  malformed: 'marked-words-in-malformed-data',
  signingKey: 'marked-signing-key-of-more-than-32-bytes',
  redisPassword: 'marked-password-of-redis',
  phone: '15550009876',
  integrationKey: 'marked-integration-key',
  provider: 'marked-token-of-the-provider',
  forged: 'marked.forged.token',
  query: 'marked-token-in-a-query',
  user: 'marked-user-of-a-desktop',
  summary: 'marked-answer-of-dialogflow',
  credential: 'marked-credential-nobody-reads',
  frame: 'marked-words-in-a-frame',
  origin: 'marked-origin',
};

let redis: TestRedis;
let functions: FunctionsBuild;
let deployed: DeployedFunctions;
let program: RelayProgram;
let relay: RelayProcess;
const dialogflow = createServer((request, response) => {
  request.resume();
  if (request.url?.includes('broken')) response.destroy();
  else response.writeHead(500, { 'content-type': 'application/json' }).end(`{"error":"${SECRETS.summary}"}`);
});

test.before(async () => {
  redis = await startTestRedis({ args: ['--requirepass', SECRETS.redisPassword] });
  await new Promise<void>((resolve) => dialogflow.listen(0, '127.0.0.1', resolve));
  const env = { ...redis.env, REDIS_AUTH: SECRETS.redisPassword, LOG_LEVEL: 'debug' };
  functions = await buildFunctions();
  deployed = await deployFunctions(functions, { ...env, EVENT_MAX_BYTES: '20000' });
  program = await buildRelay(SECRETS.signingKey);
  relay = await program.start({
    ...env,
    GCP_PROJECT_ID: PROJECT,
    AUTH_OPTION: 'Skip',
    DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${(dialogflow.address() as AddressInfo).port}`,
  });
  await until(async () => (await fetch(`${relay.url}/ready`)).ok);
});
test.after(async () => {
  await relay?.stop();
  await deployed?.stop();
  program?.remove();
  functions?.remove();
  await redis?.stop();
  dialogflow.close();
});

let token = '';
const call = async (method: string, path: string, body?: string, headers: Record<string, string> = {}) => {
  const type = { 'content-type': 'application/json' };
  const response = await fetch(`${relay.url}${path}`, {
    method,
    headers: { authorization: token, ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  await response.text();
  return response.status;
};
const event = (extra: object = {}) =>
  makePush(
    { conversation: CONVERSATION, text: SECRETS.transcript, ...extra },
    { attributes: { message_id: SECRETS.transcript } },
  );

/** A call as it should be. */
async function goWell(): Promise<void> {
  const response = await fetch(`${relay.url}/register`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SECRETS.provider}` },
    body: JSON.stringify({ gcp_agent_assist_user: SECRETS.user }),
  });
  ({ token } = (await response.json()) as { token: string });
  for (const conversationIntegrationKey of [`+${SECRETS.phone}`, SECRETS.integrationKey]) {
    const body = JSON.stringify({ conversationIntegrationKey, conversationName: CONVERSATION });
    assert.is(await call('POST', '/conversation-name', body), 200);
    const query = `/conversation-name?conversationIntegrationKey=${conversationIntegrationKey}`;
    assert.is(await call('GET', query), 200);
  }
  const desktop = await new TestDesktop(relay.url, token).connected();
  await desktop.join(CONVERSATION);
  const native = new NativeDesktop(relay.url);
  await native.ready(token);
  await native.join(CONVERSATION);
  for (const kind of EVENT_KINDS) assert.is((await deployed.deliver(kind, event())).status, 204);
  await desktop.received(EVENT_KINDS.length);
  assert.match(JSON.stringify(desktop.events), SECRETS.transcript);
  await native.received(EVENT_KINDS.length);
  desktop.close();
  native.socket.close();
}

/** Everything that a caller can get wrong, with what is secret where it should not be. */
async function goWrong(): Promise<void> {
  const { malformed, forged, query, phone, frame, origin, credential } = SECRETS;
  for (const kind of EVENT_KINDS) {
    const datas = [
      `{"conversation":"${malformed}"}`,
      `{"a":"${malformed}`,
      malformed,
      `{"conversation":{"${malformed}":1}}`,
    ];
    for (const data of [...datas, `{"conversation":"${CONVERSATION}","x":"${malformed.repeat(2_000)}"}`]) {
      await deployed.deliver(kind, makePush(data, { attributes: { a: malformed } }));
    }
    for (const body of [
      `{"message":"${malformed}"}`,
      `{"message":{"data":"${malformed}*"}}`,
      `{"${malformed}`,
      malformed,
    ]) {
      await deployed.post(kind, {
        headers: { 'content-type': 'application/json', authorization: `Bearer ${forged}` },
        body,
      });
    }
  }
  for (const authorization of [forged, `Bearer ${forged}`, `Basic ${credential}`]) {
    assert.is(
      await call('GET', `/conversation-name?conversationIntegrationKey=${phone}`, undefined, {
        authorization,
      }),
      401,
    );
  }
  for (const body of [
    `{"${malformed}`,
    malformed,
    `"${malformed}"`,
    `{"conversationIntegrationKey":"${phone}","conversationName":"${malformed}"}`,
    malformed.repeat(2_000),
  ]) {
    await call('POST', '/conversation-name', body);
    await call('POST', '/register', body, { authorization: forged });
  }
  const base = `/v2/projects/${PROJECT}/locations/global`;
  for (const path of [
    `/nowhere?token=${query}`,
    `/${query}`,
    `/status?access_token=${query}`,
    `/%${query}`,
    `/socket.io/?token=${query}`,
    `/ws?token=${query}`,
    `${base}/${query}`,
  ]) {
    await call('GET', path, undefined, {
      origin: `https://${origin}.example`,
      cookie: `a=${credential}`,
      'x-api-key': credential,
    });
  }
  for (const path of [
    'conversations/c:suggest',
    'conversations/broken:suggest',
    `answers/${phone}`,
    'conversations/..%2f',
  ]) {
    await call('POST', `${base}/${path}`, JSON.stringify({ textInput: SECRETS.transcript }));
  }
  await exchange(relay.port, `GET /${query} HTTP/1.1\r\nHost: x\r\nAuthorization ${forged}\r\n\r\n`);
  await exchange(relay.port, `${query} / HTTP/9\r\n\r\n`);

  await new TestDesktop(relay.url, forged).connected().catch(() => {});
  const desktop = await new TestDesktop(relay.url, token).connected();
  for (const argument of [
    frame,
    { conversation: frame },
    { conversation: CONVERSATION, after: frame },
    [frame],
    1,
  ]) {
    assert.is((await desktop.join(argument))[0], false);
  }
  desktop.socket.emit(frame, frame);
  desktop.close();
  for (const frames of [
    [`{"${frame}`, frame],
    [`{"type":"auth","token":"${forged}"}`],
    [`{"type":"${frame}"}`, frame.repeat(2_000)],
    [Buffer.from(frame), frame],
  ]) {
    const native = new NativeDesktop(relay.url);
    await native.opened();
    for (const each of frames) native.socket.send(each);
    await native.closed;
  }
}

/** The same once Redis is gone. */
async function goOnWithoutRedis(): Promise<void> {
  const desktop = await new TestDesktop(relay.url, token).connected();
  const native = new NativeDesktop(relay.url);
  await native.ready(token);
  await redis.stop();
  const statuses = await Promise.all(EVENT_KINDS.map((kind) => deployed.deliver(kind, event())));
  assert.ok(statuses.every(({ status }) => status >= 500));
  const body = JSON.stringify({ conversationIntegrationKey: SECRETS.phone, conversationName: CONVERSATION });
  assert.is(await call('POST', '/conversation-name', body), 503);
  assert.is(
    await call('GET', `/conversation-name?conversationIntegrationKey=${SECRETS.integrationKey}`),
    503,
  );
  desktop.socket.emit('join-conversation', CONVERSATION);
  assert.is((await native.join(`projects/${PROJECT}/conversations/other`)).type, 'error');
  desktop.close();
  native.socket.close();
}

/** Each text that must not be found, by what it is. Content is also looked for as Pub/Sub carries it. */
function markedTexts(): [what: string, text: string][] {
  const [, payload = '', signature = ''] = token.split('.');
  const encoded = Object.entries(SECRETS).flatMap(([what, text]) =>
    [0, 1, 2].map((shift): [string, string] => [
      `${what} in base64`,
      // The first and last characters of an encoding depend on what stands around the text.
      Buffer.from(`${' '.repeat(shift)}${text}`)
        .toString('base64')
        .slice(4, -4),
    ]),
  );
  return [...Object.entries(SECRETS), ...encoded, ['payload of a token', payload], ['signature', signature]];
}

shows('S12', async () => {
  await goWell();
  await goWrong();

  const commands = createRedis({ ...redis.redisConfig, redisAuth: SECRETS.redisPassword });
  const keys = await commands.keys('*');
  assert.ok(keys.length >= 6, keys.join());
  for (const key of keys) {
    for (const [what, text] of markedTexts()) assert.not.ok(key.includes(text), `${what} in the key ${key}`);
    assert.ok((await commands.ttl(key)) > 0, `${key} never expires`);
  }
  commands.disconnect();

  await goOnWithoutRedis();
  await until(() => EVENT_KINDS.every((kind) => deployed.log(kind).includes('event not taken')));
  const wrong = await program.run({
    GCP_PROJECT_ID: PROJECT,
    CORS_ALLOWED_ORIGINS: SECRETS.origin,
    REDISPORT: SECRETS.credential,
  });
  assert.is(wrong.code, 1);
  await relay.stop();

  const outputs = [
    ['the relay', relay.output()],
    ['a relay that did not start', wrong.output],
    ...EVENT_KINDS.map((kind) => [kind, deployed.log(kind)]),
  ] as const;
  for (const [name, output] of outputs) {
    assert.ok(output.length > 100, `${name} has written nothing`);
    for (const [what, text] of markedTexts()) {
      const line = output.split('\n').find((each) => each.includes(text));
      assert.is(line, undefined, `${name} shows ${what}`);
    }
  }
  // At the level that tells most, and about the conversation, or the above means nothing.
  assert.match(relay.output(), '"severity":"DEBUG"');
  for (const kind of EVENT_KINDS) assert.match(deployed.log(kind), CONVERSATION);
  assert.match(relay.output(), 'CORS_ALLOWED_ORIGINS is not set');
});

test.run();
