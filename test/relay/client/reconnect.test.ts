import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { type ClientFixture, clientFixture, connectedClient } from './client-fixture.ts';

/** Milliseconds until the next attempt begins. */
async function pauseOf(fixture: ClientFixture): Promise<number> {
  const connections = fixture.sockets.length;
  const start = fixture.clock.now();
  while (fixture.sockets.length === connections) await fixture.advance(10);
  return fixture.clock.now() - start;
}

test('pauses between attempts grow from half a second to twenty seconds', async () => {
  const fixture = clientFixture({ random: () => 1 });
  fixture.relay.reachable = 'no';
  await fixture.connect();
  const pauses: number[] = [];
  for (let n = 0; n < 8; n++) pauses.push(await pauseOf(fixture));
  assert.equal(pauses, [1_000, 1_500, 2_500, 4_500, 8_500, 16_500, 20_000, 20_000]);
});

test('only ready makes them short again, an open connection does not', async () => {
  const fixture = clientFixture({ random: () => 1 });
  const { relay } = fixture;
  relay.script = ({ type }, session) => {
    if (type === 'auth') session.close(4000, 'the relay is shutting down');
    return true;
  };
  await fixture.connect();
  const pauses: number[] = [];
  for (let n = 0; n < 4; n++) pauses.push(await pauseOf(fixture));
  assert.equal(pauses, [1_000, 1_500, 2_500, 4_500]);

  relay.script = undefined;
  assert.is(await pauseOf(fixture), 8_500);
  assert.is(fixture.client.state, 'ready');
  await fixture.cut();
  assert.is(await pauseOf(fixture), 1_000);
});

for (const [name, { code, reason }] of Object.entries(CLOSE)) {
  const goesOn = code < 4500;
  test(`after ${code} (${name}) it ${goesOn ? 'connects again' : 'stays closed'}`, async () => {
    const fixture = await connectedClient();
    for (const session of fixture.relay.sessions) session.close(code, reason);
    await fixture.settle();
    assert.equal(fixture.seen.state.at(-1), { state: goesOn ? 'waiting' : 'closed', code, reason });
    await fixture.advance(60_000);
    assert.is(fixture.client.state, goesOn ? 'ready' : 'closed');
    assert.is(fixture.sockets.length, goesOn ? 2 : 1);
    if (!goesOn) assert.is(fixture.clock.pending, 0);
  });
}

for (const [code, goesOn] of [
  [1000, true],
  [1001, true],
  [1006, true],
  [1008, false],
  [1009, false],
  [1011, true],
  [1012, true],
  [4499, true],
  [4999, false],
] as const) {
  test(`after ${code} from the relay it ${goesOn ? 'connects again' : 'stays closed'}`, async () => {
    const fixture = await connectedClient();
    for (const session of fixture.relay.sessions) session.close(code, '');
    await fixture.advance(2_000);
    assert.is(fixture.client.state, goesOn ? 'ready' : 'closed');
  });
}

test('after the end for good, connect() connects again', async () => {
  const fixture = await connectedClient();
  for (const session of fixture.relay.sessions) session.close(4501, 'the token was refused');
  await fixture.settle();
  await fixture.connect();
  assert.is(fixture.client.state, 'ready');
});

test('connect() during a pause connects at once, and otherwise adds no connection', async () => {
  const fixture = await connectedClient();
  fixture.client.connect();
  await fixture.cut();
  assert.is(fixture.client.state, 'waiting');
  fixture.client.connect();
  fixture.client.connect();
  await fixture.settle();
  assert.is(fixture.client.state, 'ready');
  assert.is(fixture.sockets.length, 2);
  await fixture.advance(5_000);
  assert.is(fixture.sockets.length, 2);
});

test('close() ends a pause and an attempt that is under way', async () => {
  const fixture = await connectedClient();
  await fixture.cut();
  fixture.client.close();
  await fixture.advance(60_000);
  assert.is(fixture.sockets.length, 1);

  fixture.client.connect();
  fixture.client.close();
  await fixture.advance(60_000);
  assert.is(fixture.sockets.length, 1);
  assert.is(fixture.client.state, 'closed');
});

test('a lost network drops the connection, and nothing is tried for 20 s', async () => {
  const fixture = await connectedClient();
  fixture.goOffline();
  assert.equal(fixture.seen.state.at(-1), { state: 'waiting', code: 3002, reason: 'the network is gone' });
  assert.is(fixture.socket.closedWith?.code, 3002);
  fixture.relay.reachable = 'no';
  await fixture.advance(19_999);
  assert.is(fixture.sockets.length, 1);
  // A browser that misses to tell that it is online again must not leave the desktop dead.
  await fixture.advance(1);
  assert.is(fixture.sockets.length, 2);
});

test('when it is back it connects at once', async () => {
  const fixture = await connectedClient();
  fixture.goOffline();
  await fixture.advance(10_000);
  fixture.goOnline();
  await fixture.settle();
  assert.is(fixture.client.state, 'ready');
  assert.is(fixture.sockets.length, 2);
});

test('a network that returns ends a pause, and one that goes stops it', async () => {
  const fixture = clientFixture({ random: () => 1 });
  fixture.relay.reachable = 'no';
  await fixture.connect();
  fixture.goOffline();
  await fixture.advance(15_000);
  assert.is(fixture.sockets.length, 1);
  fixture.goOnline();
  await fixture.settle();
  assert.is(fixture.sockets.length, 2);
  // That was no success: the pauses go on growing.
  assert.is(await pauseOf(fixture), 1_500);
});

test('a network that goes during an attempt ends it', async () => {
  const fixture = clientFixture();
  fixture.relay.reachable = 'silent';
  await fixture.connect();
  fixture.goOffline();
  assert.is(fixture.client.state, 'waiting');
  assert.is(fixture.seen.state.at(-1)?.code, 3002);
});

test('a network that returns adds no second connection and no unwanted one', async () => {
  const fixture = clientFixture();
  fixture.goOnline();
  await fixture.settle();
  assert.is(fixture.sockets.length, 0);
  fixture.client.connect();
  fixture.goOnline();
  await fixture.settle();
  fixture.goOnline();
  await fixture.settle();
  assert.is(fixture.sockets.length, 1);
  fixture.client.close();
  fixture.goOffline();
  fixture.goOnline();
  await fixture.settle();
  assert.is(fixture.client.state, 'closed');
  assert.is(fixture.sockets.length, 1);
});

test('it listens to the network while it is connected or wants to be, and not longer', async () => {
  const listeners = new Set<unknown>();
  const fixture = clientFixture({
    network: {
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    },
  });
  assert.is(listeners.size, 0);
  await fixture.connect();
  assert.is(listeners.size, 2);
  fixture.client.close();
  assert.is(listeners.size, 0);
});

test('a draining relay is left in time, at a random moment and without a pause', async () => {
  for (const [random, expected] of [
    [0.1, 300],
    [0.9, 2_700],
  ] as const) {
    const fixture = await connectedClient({ random: () => random });
    fixture.socket.peer.send({ type: 'draining', within_ms: 3_000 });
    await fixture.settle();
    await fixture.advance(expected - 1);
    assert.is(fixture.sockets.length, 1);
    await fixture.advance(1);
    assert.is(fixture.sockets.length, 2);
    assert.is(fixture.client.state, 'ready');
    assert.equal(fixture.states, ['connecting', 'ready', 'connecting', 'ready']);
    assert.is(fixture.seen.state[2]?.code, 3003);
  }
});

test('a handler may close or connect the client at each change of its state', async () => {
  let tokens = 0;
  const fixture = clientFixture({ getToken: () => `token-${++tokens}` });
  const { client } = fixture;
  const end = client.on('state', ({ state }) => {
    if (state === 'connecting') client.close();
  });
  await fixture.connect();
  await fixture.advance(60_000);
  assert.is(client.state, 'closed');
  assert.is(tokens, 0);
  assert.is(fixture.sockets.length, 0);
  end();

  const endSecond = client.on('state', ({ state }) => {
    if (state === 'ready') client.close();
  });
  await fixture.connect();
  assert.is(client.state, 'closed');
  assert.is(fixture.clock.pending, 0);
  endSecond();

  client.on('state', ({ state }) => {
    if (state === 'waiting') client.connect();
  });
  await fixture.connect();
  await fixture.cut();
  assert.is(client.state, 'ready');
  assert.is(fixture.relay.sessions.size, 1);
});

test.run();
