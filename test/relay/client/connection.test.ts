import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../../../relay/client/index.ts';
import { CONVERSATION, clientFixture, connectedClient, joinedClient } from './client-fixture.ts';

test('it offers the subprotocol at /ws and sends a token first', async () => {
  const fixture = await connectedClient();
  assert.is(fixture.socket.url, 'wss://relay.example.com/ws');
  assert.is(fixture.socket.protocol, 'agent-assist.v1');
  assert.equal(fixture.socket.frames, [{ type: 'auth', token: 'token-1' }]);
  assert.is(fixture.client.state, 'ready');
  assert.equal(fixture.seen.state, [
    { state: 'connecting', code: 0, reason: 'connect() was called' },
    { state: 'ready', code: 0, reason: '' },
  ]);
});

test('the token is there before the connection is opened', async () => {
  let answer = (_token: string) => {};
  const fixture = await connectedClient({
    getToken: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  assert.is(fixture.sockets.length, 0);
  answer('late');
  await fixture.settle();
  assert.equal(fixture.socket.frames, [{ type: 'auth', token: 'late' }]);
});

test('a connection on which nothing is said to be ready within 10 s is given up', async () => {
  const fixture = clientFixture();
  fixture.relay.script = ({ type }) => type === 'auth';
  await fixture.connect();
  await fixture.advance(9_999);
  assert.is(fixture.client.state, 'connecting');
  await fixture.advance(1);
  assert.equal(fixture.seen.state.at(-1), {
    state: 'waiting',
    code: 3000,
    reason: 'the relay did not answer in time',
  });
  assert.is(fixture.socket.closedWith?.code, 3000);
});

test('so is one that does not even open', async () => {
  const fixture = clientFixture();
  fixture.relay.reachable = 'silent';
  await fixture.connect();
  await fixture.advance(10_000);
  assert.is(fixture.seen.state.at(-1)?.code, 3000);
});

test('after 25 s of silence it pings, and 10 s later without answer it reconnects', async () => {
  const fixture = await connectedClient();
  fixture.relay.script = ({ type }) => type === 'ping';
  await fixture.advance(24_999);
  assert.is(fixture.socket.sent.length, 1);
  await fixture.advance(1);
  assert.equal(fixture.socket.frames.at(-1), { type: 'ping' });
  await fixture.advance(9_999);
  assert.is(fixture.client.state, 'ready');
  await fixture.advance(1);
  assert.equal(fixture.seen.state.at(-1), {
    state: 'waiting',
    code: 3001,
    reason: 'nothing was received for too long',
  });
  assert.is(fixture.socket.closedWith?.code, 3001);
  await fixture.advance(1_000);
  assert.is(fixture.client.state, 'ready');
  assert.is(fixture.sockets.length, 2);
});

test('a relay that answers is asked again and again and kept', async () => {
  const fixture = await connectedClient();
  await fixture.advance(25_000 * 4);
  assert.equal(
    fixture.socket.frames.map(({ type }) => type),
    ['auth', 'ping', 'ping', 'ping', 'ping'],
  );
  assert.is(fixture.sockets.length, 1);
});

test('whatever the relay sends ends a silence', async () => {
  const fixture = await joinedClient();
  await fixture.advance(20_000);
  await fixture.publish();
  await fixture.advance(24_999);
  assert.ok(fixture.socket.frames.every(({ type }) => type !== 'ping'));
  await fixture.advance(1);
  assert.is(fixture.socket.frames.at(-1)?.type, 'ping');
});

test('a late event of a connection that was given up does nothing', async () => {
  const fixture = await joinedClient();
  const old = fixture.socket;
  old.isDead = true;
  await fixture.advance(40_000);
  assert.is(fixture.sockets.length, 2);
  const before = structuredClone(fixture.seen);
  const timers = fixture.clock.pending;

  old.send = () => assert.unreachable('something was sent on it');
  const event = fixture.relay.log(CONVERSATION);
  old.fire('open');
  old.fire('message', { data: JSON.stringify({ type: 'ready', session: 's', expires_at: 1 }) });
  old.fire('message', { data: JSON.stringify({ type: 'draining', within_ms: 1 }) });
  old.fire('message', {
    data: JSON.stringify({
      type: 'event',
      event: { conversation_name: CONVERSATION, cursor: event.cursorAt(9) },
    }),
  });
  old.fire('message', { data: JSON.stringify({ type: 'reset', conversation: CONVERSATION, cursor: 'x' }) });
  old.fire('error');
  old.fire('close', { code: 4501, reason: 'the token was refused' });
  await fixture.settle();
  assert.equal(fixture.seen, before);
  assert.is(fixture.clock.pending, timers);
  assert.is(fixture.client.state, 'ready');
});

test('a socket that cannot be made is tried again', async () => {
  const fixture = await connectedClient({
    WebSocket: class {
      constructor() {
        throw new Error('SecurityError');
      }
      send() {}
      close() {}
      addEventListener() {}
    },
  });
  assert.equal(fixture.seen.state.at(-1), {
    state: 'waiting',
    code: 3005,
    reason: 'the connection could not be opened',
  });
  await fixture.advance(1_000);
  assert.equal(fixture.states, ['connecting', 'waiting', 'connecting', 'waiting']);
});

test('unreadable frames are reported, unknown types and fields ignored', async () => {
  const fixture = await joinedClient();
  for (const text of [
    '{',
    'null',
    '"text"',
    '{"type":"event"}',
    '{"type":"joined"}',
    '',
    new ArrayBuffer(2),
  ]) {
    fixture.socket.sendText(text);
  }
  fixture.socket.peer.send({ type: 'praise', of: 'a later version' });
  fixture.socket.peer.send({ type: 'pong', more: 1 });
  await fixture.publish();
  assert.equal(
    fixture.seen.error.map(({ code }) => code),
    ['unreadable', 'unreadable', 'unreadable', 'unreadable', 'unreadable'],
  );
  assert.is(fixture.received.length, 1);
  assert.is(fixture.client.state, 'ready');
});

test("an error of the relay that answers no request is the application's to know", async () => {
  const fixture = await connectedClient();
  fixture.socket.peer.send({ type: 'error', code: 'unauthenticated', message: 'the token was refused' });
  fixture.socket.peer.send({ type: 'error', id: 999, code: 'not-joined', message: 'an answer to nothing' });
  await fixture.settle();
  assert.equal(fixture.seen.error, [{ code: 'unauthenticated', message: 'the token was refused' }]);
});

test('a client that is closed leaves no timer and no connection behind', async () => {
  const fixture = await joinedClient();
  fixture.socket.peer.send({ type: 'draining', within_ms: 5_000 });
  await fixture.settle();
  fixture.client.close();
  await fixture.settle();
  assert.is(fixture.clock.pending, 0);
  assert.equal(fixture.socket.closedWith, { code: 1000, reason: 'close() was called' });
  assert.equal(fixture.seen.state.at(-1), { state: 'closed', code: 1000, reason: 'close() was called' });
  assert.is(fixture.relay.sessions.size, 0);
  fixture.client.close();
  assert.equal(fixture.states, ['connecting', 'ready', 'closed']);
});

test('without a WebSocket, or with a wrong URL, no client is made', () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'WebSocket') ?? {};
  Reflect.deleteProperty(globalThis, 'WebSocket');
  try {
    assert.throws(() => createClient({ url: 'https://r.example.com', getToken: () => 't' }), /no WebSocket/);
  } finally {
    Object.defineProperty(globalThis, 'WebSocket', own);
  }
  assert.throws(() => createClient({ url: 'gopher://r.example.com', getToken: () => 't' }), /not the URL/);
});

test.run();
