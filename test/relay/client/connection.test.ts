import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../../../relay/client/index.ts';
import { CONVERSATION, createWorld } from './client-fixture.ts';

test('it offers the subprotocol at /ws and sends a token first', async () => {
  const world = createWorld();
  await world.connect();
  assert.is(world.socket.url, 'wss://relay.example.com/ws');
  assert.is(world.socket.protocol, 'agent-assist.v1');
  assert.equal(world.socket.frames, [{ type: 'auth', token: 'token-1' }]);
  assert.is(world.client.state, 'ready');
  assert.equal(world.seen.state, [
    { state: 'connecting', code: 0, reason: 'connect() was called' },
    { state: 'ready', code: 0, reason: '' },
  ]);
});

test('the token is there before the connection is opened', async () => {
  let answer = (_token: string) => {};
  const world = createWorld({
    getToken: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  });
  await world.connect();
  assert.is(world.sockets.length, 0);
  answer('late');
  await world.settle();
  assert.equal(world.socket.frames, [{ type: 'auth', token: 'late' }]);
});

test('a connection on which nothing is said to be ready within 10 s is given up', async () => {
  const world = createWorld();
  world.relay.script = ({ type }) => type === 'auth';
  await world.connect();
  await world.advance(9_999);
  assert.is(world.client.state, 'connecting');
  await world.advance(1);
  assert.equal(world.seen.state.at(-1), {
    state: 'waiting',
    code: 3000,
    reason: 'the relay did not answer in time',
  });
  assert.is(world.socket.closedWith?.code, 3000);
});

test('so is one that does not even open', async () => {
  const world = createWorld();
  world.relay.reachable = 'silent';
  await world.connect();
  await world.advance(10_000);
  assert.is(world.seen.state.at(-1)?.code, 3000);
});

test('after 25 s of silence it asks, and after 10 s more without an answer it connects again', async () => {
  const world = createWorld();
  await world.connect();
  world.relay.script = ({ type }) => type === 'ping';
  await world.advance(24_999);
  assert.is(world.socket.sent.length, 1);
  await world.advance(1);
  assert.equal(world.socket.frames.at(-1), { type: 'ping' });
  await world.advance(9_999);
  assert.is(world.client.state, 'ready');
  await world.advance(1);
  assert.equal(world.seen.state.at(-1), {
    state: 'waiting',
    code: 3001,
    reason: 'nothing was received for too long',
  });
  assert.is(world.socket.closedWith?.code, 3001);
  await world.advance(1_000);
  assert.is(world.client.state, 'ready');
  assert.is(world.sockets.length, 2);
});

test('a relay that answers is asked again and again and kept', async () => {
  const world = createWorld();
  await world.connect();
  await world.advance(25_000 * 4);
  assert.equal(
    world.socket.frames.map(({ type }) => type),
    ['auth', 'ping', 'ping', 'ping', 'ping'],
  );
  assert.is(world.sockets.length, 1);
});

test('whatever the relay sends ends a silence', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.advance(20_000);
  await world.publish();
  await world.advance(24_999);
  assert.ok(world.socket.frames.every(({ type }) => type !== 'ping'));
  await world.advance(1);
  assert.is(world.socket.frames.at(-1)?.type, 'ping');
});

test('a late event of a connection that was given up does nothing', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  const old = world.socket;
  old.isDead = true;
  await world.advance(40_000);
  assert.is(world.sockets.length, 2);
  const before = structuredClone(world.seen);
  const timers = world.clock.pending;

  old.send = () => assert.unreachable('something was sent on it');
  const event = world.relay.log(CONVERSATION);
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
  await world.settle();
  assert.equal(world.seen, before);
  assert.is(world.clock.pending, timers);
  assert.is(world.client.state, 'ready');
});

test('a socket that cannot be made is tried again', async () => {
  const world = createWorld({
    WebSocket: class {
      constructor() {
        throw new Error('SecurityError');
      }
      send() {}
      close() {}
      addEventListener() {}
    },
  });
  await world.connect();
  assert.equal(world.seen.state.at(-1), {
    state: 'waiting',
    code: 3005,
    reason: 'the connection could not be opened',
  });
  await world.advance(1_000);
  assert.equal(world.states, ['connecting', 'waiting', 'connecting', 'waiting']);
});

test('what cannot be read is reported and what follows is taken; unknown types and fields are ignored', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  for (const text of [
    '{',
    'null',
    '"text"',
    '{"type":"event"}',
    '{"type":"joined"}',
    '',
    new ArrayBuffer(2),
  ]) {
    world.socket.sendText(text);
  }
  world.socket.peer.send({ type: 'praise', of: 'a later version' });
  world.socket.peer.send({ type: 'pong', more: 1 });
  await world.publish();
  assert.equal(
    world.seen.error.map(({ code }) => code),
    ['unreadable', 'unreadable', 'unreadable', 'unreadable', 'unreadable'],
  );
  assert.is(world.received.length, 1);
  assert.is(world.client.state, 'ready');
});

test("an error of the relay that answers no request is the application's to know", async () => {
  const world = createWorld();
  await world.connect();
  world.socket.peer.send({ type: 'error', code: 'unauthenticated', message: 'the token was refused' });
  world.socket.peer.send({ type: 'error', id: 999, code: 'not-joined', message: 'an answer to nothing' });
  await world.settle();
  assert.equal(world.seen.error, [{ code: 'unauthenticated', message: 'the token was refused' }]);
});

test('a client that is closed leaves no timer and no connection behind', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  world.socket.peer.send({ type: 'draining', within_ms: 5_000 });
  await world.settle();
  world.client.close();
  await world.settle();
  assert.is(world.clock.pending, 0);
  assert.equal(world.socket.closedWith, { code: 1000, reason: 'close() was called' });
  assert.equal(world.seen.state.at(-1), { state: 'closed', code: 1000, reason: 'close() was called' });
  assert.is(world.relay.sessions.size, 0);
  world.client.close();
  assert.equal(world.states, ['connecting', 'ready', 'closed']);
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
