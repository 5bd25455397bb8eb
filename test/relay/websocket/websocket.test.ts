import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);
/** A relay that has a list of origins. */
let strict: TestRelay;

test.before(async () => {
  const settings = { CORS_ALLOWED_ORIGINS: 'https://desk.example.com,https://*.example.org' };
  strict = await fixture.startRelay({ settings });
});

const open = () => fixture.openNativeDesktop({ mayFail: true });

const HANDSHAKE = {
  connection: 'Upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'sec-websocket-protocol': 'agent-assist.v1',
};

/** Asks for an upgrade; resolves with the answer's status, its subprotocol and its body. */
async function upgrade(
  path: string,
  headers: Record<string, string | undefined> = {},
  { url } = fixture.relay,
): Promise<{ status: number | undefined; protocol: unknown; body: string }> {
  const all = Object.entries({ ...HANDSHAKE, ...headers }).filter(([, value]) => value !== undefined);
  const call = request(`${url}${path}`, { headers: Object.fromEntries(all) as Record<string, string> });
  call.end();
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof upgrade>>>();
  call.on('error', reject);
  call.on('upgrade', (answer, socket) => {
    socket.destroy();
    resolve({ status: answer.statusCode, protocol: answer.headers['sec-websocket-protocol'], body: '' });
  });
  call.on('response', async (answer) => {
    let body = '';
    for await (const part of answer) body += part;
    resolve({ status: answer.statusCode, protocol: undefined, body });
  });
  return promise;
}

test('the subprotocol that is offered among others is chosen', async () => {
  const offered = { 'sec-websocket-protocol': 'other.v7, agent-assist.v1' };
  assert.equal(await upgrade('/ws', offered), { status: 101, protocol: 'agent-assist.v1', body: '' });
  assert.is((await upgrade('/ws?from=desk')).status, 101);
});

const REFUSED_UPGRADES: [string, string, Record<string, string | undefined>, number][] = [
  ['no subprotocol', '/ws', { 'sec-websocket-protocol': undefined }, 400],
  ['another subprotocol', '/ws', { 'sec-websocket-protocol': 'agent-assist.v2' }, 400],
  ['a list that is not one', '/ws', { 'sec-websocket-protocol': 'agent-assist.v1,,' }, 400],
  ['no key', '/ws', { 'sec-websocket-key': undefined }, 400],
  ['an old version', '/ws', { 'sec-websocket-version': '7' }, 400],
  ['another path', '/', {}, 404],
  ['a path below', '/ws/more', {}, 404],
  ['a path in other letters', '/WS', {}, 404],
  ['a route of the REST side', '/status', {}, 404],
];
for (const [name, path, headers, status] of REFUSED_UPGRADES) {
  test(`an upgrade with ${name} is answered with ${status}`, async () => {
    assert.is((await upgrade(path, headers)).status, status);
  });
}

test('a refused upgrade says why, as JSON', async () => {
  const { body } = await upgrade('/ws', { 'sec-websocket-protocol': undefined });
  assert.match(JSON.parse(body).message, /agent-assist\.v1/);
  assert.equal(JSON.parse((await upgrade('/nowhere')).body), { message: 'Not found.' });
});

for (const [origin, status] of [
  ['https://desk.example.com', 101],
  ['https://a.b.example.org', 101],
  [undefined, 101],
  ['https://evil.example.com', 403],
  ['https://desk.example.com.evil.net', 403],
  ['http://desk.example.com', 403],
  ['null', 403],
] as const) {
  test(`with a list of origins, a page of ${origin ?? 'no origin'} gets ${status}`, async () => {
    assert.is((await upgrade('/ws', { origin }, strict)).status, status);
  });
}

test('without a list of origins any page may connect', async () => {
  assert.is((await upgrade('/ws', { origin: 'https://anywhere.example' })).status, 101);
});

test('a client that does not let go of a refused upgrade is cut off', async () => {
  const socket = connect({ port: fixture.relay.port, host: '127.0.0.1', allowHalfOpen: true });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.on('error', () => {});
  socket.write('GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  socket.resume();
  await once(socket, 'end');
  // Writing into a connection that the other side has given up is how one learns of it.
  const timer = setInterval(() => socket.write('x'), 10);
  try {
    await until(() => socket.destroyed);
  } finally {
    clearInterval(timer);
    socket.destroy();
  }
  await closed;
});

test('a session is told apart from others by its name, also with one token', async () => {
  const [one, two] = [open(), open()];
  const [first, second] = [await one.ready(fixture.relay.token), await two.ready(fixture.relay.token)];
  assert.is.not(first.session, second.session);
});

test('frames that are sent before the upgrade is answered are not lost', async () => {
  const socket = connect(fixture.relay.port, '127.0.0.1');
  const head = Object.entries({ host: 'x', ...HANDSHAKE }).map(([name, value]) => `${name}: ${value}\r\n`);
  const payload = Buffer.from('{}');
  const frame = Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
  socket.write(Buffer.concat([Buffer.from(`GET /ws HTTP/1.1\r\n${head.join('')}\r\n`), frame]));
  let received = '';
  socket.on('data', (data) => {
    received += data;
  });
  await until(() => received.includes('bad-frame'));
  socket.destroy();
});

test('a refused token closes that connection alone', async () => {
  const good = await fixture.nativeDesktop();
  const bad = await open().opened();
  bad.send({ type: 'auth', token: 'garbage' });
  assert.equal(await bad.closed, [CLOSE.unauthenticated.code, CLOSE.unauthenticated.reason]);
  assert.equal(
    bad.frames.map((frame) => frame.type === 'error' && frame.code),
    ['unauthenticated'],
  );
  assert.is((await good.join(uniqueConversation())).type, 'joined');
});

test('a request before the token closes the connection', async () => {
  const desktop = await open().opened();
  desktop.send({ type: 'join', id: 'early', conversation: uniqueConversation() });
  desktop.send({ type: 'auth', token: fixture.relay.token });
  assert.is((await desktop.closed)[0], CLOSE['auth-first'].code);
  assert.is(desktop.answersTo('early').length, 1);
  assert.is(desktop.frames.length, 1);
});

test('a renewed token is answered; a token of somebody else ends the connection', async () => {
  const desktop = await fixture.nativeDesktop();
  desktop.send({ type: 'auth', token: fixture.relay.tokens.issue('test:agent', 'again').token });
  await until(() => desktop.of('ready').length === 2);
  desktop.send({ type: 'auth', token: fixture.relay.tokens.issue('test:other', 'x').token });
  assert.is((await desktop.closed)[0], CLOSE.unauthenticated.code);
});

test('ping is answered by pong', async () => {
  const desktop = await fixture.nativeDesktop();
  desktop.send({ type: 'ping' });
  await until(() => desktop.of('pong').length === 1);
});

test('no token and no name of a user is in the log', () => {
  assert.not.match(fixture.relay.log(), /eyJ|agent@example/);
});

test.run();
