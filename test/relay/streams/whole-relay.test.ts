// What ends a stream on a relay as the build bundles it: what the desktop is told, and that Dialogflow hears of it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { type DialogflowServer, startDialogflowServer } from '../../../scripts/local/dialogflow/server.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { type CountingProxy, startCountingProxy } from '../../helpers/counting-proxy.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { NativeDesktop } from '../../helpers/native-desktop.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../../helpers/relay-program.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { QUESTION } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { ADMIN_TOKEN, asAdmin, idOf } from '../admin/admin-requests.ts';
import { METHOD } from './stream-fixture.ts';

const LOCATION = 'projects/demo-project/locations/europe-west2';
/** Much more than a revocation and a check of open streams take, for a busy machine. */
const DEADLINE_MS = 30_000;
const CLOSING = 'the connection is going to be closed: open the stream on another';

const fixture = redisFixture(test);
let program: RelayProgram;
let relay: RelayProcess;
let dialogflow: DialogflowServer;
let upstream: CountingProxy;
let env: Record<string, string>;
let metricsPort: string;
const conversations = createConversations({ publisher: { publish: async () => '1' } });

test.before(async () => {
  dialogflow = await startDialogflowServer(conversations, { partMs: 30 });
  fixture.defer(() => dialogflow.stop());
  upstream = await startCountingProxy(fixture, dialogflow.url);
  const tokenFile = join(fixture.directory(), 'admin-token');
  writeFileSync(tokenFile, ADMIN_TOKEN);
  env = {
    ...fixture.server.env,
    AUTH_OPTION: 'Skip',
    ADMIN_TOKEN_PATH: tokenFile,
    DIALOGFLOW_WEBCHANNEL_ENDPOINT: upstream.url,
  };
  program = await buildRelay(fixture);
  metricsPort = String(await freePort());
  relay = await program.start({ ...env, METRICS_PORT: metricsPort });
});

/** A desktop with streams, on either protocol. */
interface StreamingDesktop {
  join(conversation: string): Promise<unknown>;
  leave(conversation: string): Promise<unknown>;
  send(type: 'stream-request' | 'end-stream', argument: object): void;
  /** The ids of the streams whose question is answered. */
  answered(): string[];
  /** The errors so far, as `STREAM CODE MESSAGE`. */
  told(): string[];
  /** Resolves with the close code. */
  closed: Promise<number | undefined>;
  disconnect(): void;
}

interface StreamMessage {
  streamId: string;
  payload: { isFinal?: boolean; error?: { code: number; message: string } };
}

const answeredIn = (data: StreamMessage[]) =>
  data.filter(({ payload }) => payload.isFinal).map(({ streamId }) => streamId);
const toldIn = (errors: StreamMessage[]) =>
  errors.map(({ streamId, payload: { error } }) => `${streamId} ${error?.code} ${error?.message}`);

async function openSocketIo(url: string, token: string): Promise<StreamingDesktop> {
  const desktop = await fixture.keep(new TestDesktop(url, token)).connected();
  desktop.socket.io.reconnection(false);
  const data: StreamMessage[] = [];
  const errors: StreamMessage[] = [];
  desktop.socket.on('stream-data', (message) => data.push(message));
  desktop.socket.on('stream-error', (message) => errors.push(message));
  return {
    join: (conversation) => desktop.join(conversation),
    leave: (conversation) => desktop.ask('leave-conversation', conversation),
    send: (type, argument) => void desktop.socket.emit(type, argument),
    answered: () => answeredIn(data),
    told: () => toldIn(errors),
    closed: new Promise((resolve) => {
      desktop.socket.on('disconnect', (_reason, details) => {
        const { context } = Object(details) as { context?: { code?: number } };
        resolve(context?.code);
      });
    }),
    disconnect: () => desktop.close(),
  };
}

async function openNative(url: string, token: string): Promise<StreamingDesktop> {
  const desktop = fixture.keep(new NativeDesktop(url));
  await desktop.ready(token);
  return {
    join: (conversation) => desktop.join(conversation),
    leave: (conversation) => desktop.leave(conversation),
    send: (type, argument) => desktop.send({ type, ...argument }),
    answered: () => answeredIn(desktop.of('stream-data') as StreamMessage[]),
    told: () => toldIn(desktop.of('stream-error') as StreamMessage[]),
    closed: desktop.closed.then(([code]) => code),
    disconnect: () => desktop.close(),
  };
}

async function register({ url }: RelayProcess): Promise<string> {
  const response = await fetch(`${url}/register`, { method: 'POST' });
  return ((await response.json()) as { token: string }).token;
}

/** Makes a conversation with a participant for the agent. */
async function newConversation(): Promise<string> {
  const { name } = await conversations.create(LOCATION, `${LOCATION}/conversationProfiles/demo`);
  conversations.addParticipant(name, 'HUMAN_AGENT', 'agent');
  return name;
}

/** Opens a stream; resolves when its question is answered. Dialogflow then waits for the next one. */
async function openStream(desktop: StreamingDesktop, streamId: string, conversation: string): Promise<void> {
  const payload = { participant: `${conversation}/participants/agent`, textInput: QUESTION };
  const before = upstream.open().length;
  desktop.send('stream-request', { streamId, method: METHOD, payload });
  await until(() => desktop.answered().includes(streamId) || desktop.told().length > 0);
  assert.equal(desktop.told(), []);
  await until(
    () => upstream.open().length === before + 1,
    DEADLINE_MS,
    'the GET of the stream alone is open',
  );
}

/** Until the desktop was told this, and Dialogflow has neither a request nor a stream any more. */
async function expectEnd(desktop: StreamingDesktop, told: string[]): Promise<void> {
  await until(() => desktop.told().length >= told.length, DEADLINE_MS, 'the desktop is told');
  await until(() => upstream.open().length === 0, DEADLINE_MS, 'no request to Dialogflow is open');
  await until(() => dialogflow.streams.size === 0, DEADLINE_MS, 'Dialogflow has no stream');
  assert.equal(desktop.told(), told);
}

const PROTOCOLS = { 'Socket.IO': openSocketIo, native: openNative };

for (const [protocol, open] of Object.entries(PROTOCOLS)) {
  test(`${protocol}: a revoked token ends a stream with 7, then the connection`, async () => {
    const token = await register(relay);
    const desktop = await open(relay.url, token);
    await openStream(desktop, 's', await newConversation());
    assert.is((await asAdmin(relay, 'revoke', { jti: idOf(token) })).status, 200);
    await expectEnd(desktop, ['s 7 access was revoked']);
    assert.is(await desktop.closed, CLOSE.revoked.code);
  });

  test(`${protocol}: a joined conversation that is revoked ends its stream with 7`, async () => {
    const desktop = await open(relay.url, await register(relay));
    const [revoked, other] = [await newConversation(), await newConversation()];
    await desktop.join(revoked);
    await openStream(desktop, 'revoked', revoked);
    await openStream(desktop, 'other', other);
    assert.is((await asAdmin(relay, 'revoke', { conversation: revoked })).status, 200);
    await expectEnd(desktop, ['revoked 7 access was revoked', `other 14 ${CLOSING}`]);
    assert.is(await desktop.closed, CLOSE.withdrawn.code);
  });

  test(`${protocol}: a revoked conversation without a join ends its stream with 7`, async () => {
    const desktop = await open(relay.url, await register(relay));
    const [revoked, other] = [await newConversation(), await newConversation()];
    await openStream(desktop, 'other', other);
    await openStream(desktop, 'revoked', revoked);
    await asAdmin(relay, 'revoke', { conversation: revoked });
    await until(() => desktop.told().length > 0, DEADLINE_MS);
    assert.equal(desktop.told(), ['revoked 7 access was revoked']);
    await until(() => upstream.open().length === 1);
    await desktop.join(other);
    desktop.send('end-stream', { streamId: 'other' });
    await expectEnd(desktop, ['revoked 7 access was revoked']);
  });

  test(`${protocol}: an expired token ends a stream with 16, not the connection`, async () => {
    const brief = await program.start({ ...env, JWT_LIFETIME_SECONDS: '4' });
    // On a busy machine the token may expire before the question is answered.
    const [desktop, conversation] = await undisturbed(async () => {
      await until(() => upstream.open().length === 0);
      const desktop = await open(brief.url, await register(brief));
      const conversation = await newConversation();
      await desktop.join(conversation);
      await openStream(desktop, 's', conversation);
      return [desktop, conversation] as const;
    });
    await expectEnd(desktop, ['s 16 Your token has expired.']);
    let isClosed = false;
    void desktop.closed.then(() => {
      isClosed = true;
    });
    await desktop.leave(conversation);
    assert.not.ok(isClosed);
    await brief.stop();
  });

  test(`${protocol}: a relay that drains ends a stream with 14, then the connection`, async () => {
    const leaving = await program.start(env);
    const desktop = await open(leaving.url, await register(leaving));
    await openStream(desktop, 's', await newConversation());
    const stopped = leaving.stop();
    await expectEnd(desktop, [`s 14 ${CLOSING}`]);
    assert.is(await desktop.closed, CLOSE.draining.code);
    await stopped;
  });

  test(`${protocol}: end-stream, leave and disconnect end a stream without an error`, async () => {
    const desktop = await open(relay.url, await register(relay));
    const conversation = await newConversation();
    await openStream(desktop, 'a', conversation);
    desktop.send('end-stream', { streamId: 'a' });
    await expectEnd(desktop, []);
    await desktop.join(conversation);
    await openStream(desktop, 'b', conversation);
    await desktop.leave(conversation);
    await expectEnd(desktop, []);
    await openStream(desktop, 'c', conversation);
    desktop.disconnect();
    await expectEnd(desktop, []);
  });
}

test('the metrics count open streams, their ends by code, and refusals', async () => {
  /** The lines about streams. */
  const counted = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith('agent_assist_stream'));
  };
  const desktop = await openSocketIo(relay.url, await register(relay));
  await openStream(desktop, 's', await newConversation());
  assert.ok((await counted()).includes('agent_assist_streams 1'));
  desktop.send('stream-request', { streamId: 'x', method: 'unknown', payload: {} });
  desktop.send('end-stream', { streamId: 's' });
  await expectEnd(desktop, ['x 3 method is not one that can be streamed']);
  // Of the tests above, over both protocols, which this relay has run; 0 stands for an end without an error.
  const aboveZero = (await counted()).filter((line) => !line.endsWith('} 0'));
  assert.equal(aboveZero.sort(), [
    'agent_assist_stream_ends_total{code="0"} 9',
    'agent_assist_stream_ends_total{code="14"} 2',
    'agent_assist_stream_ends_total{code="7"} 6',
    'agent_assist_stream_refusals_total{code="3"} 1',
    'agent_assist_streams 0',
  ]);
});

test.run();
