import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { createWorld, type World } from './client-fixture.ts';

/** Milliseconds until the next attempt begins. */
async function pauseOf(world: World): Promise<number> {
  const connections = world.sockets.length;
  const start = world.clock.now();
  while (world.sockets.length === connections) await world.advance(10);
  return world.clock.now() - start;
}

test('pauses between attempts grow from half a second to twenty seconds', async () => {
  const world = createWorld({ random: () => 1 });
  world.relay.reachable = 'no';
  await world.connect();
  const pauses: number[] = [];
  for (let n = 0; n < 8; n++) pauses.push(await pauseOf(world));
  assert.equal(pauses, [1_000, 1_500, 2_500, 4_500, 8_500, 16_500, 20_000, 20_000]);
});

test('only ready makes them short again, an open connection does not', async () => {
  const world = createWorld({ random: () => 1 });
  const { relay } = world;
  relay.script = ({ type }, session) => {
    if (type === 'auth') session.close(4000, 'the relay is shutting down');
    return true;
  };
  await world.connect();
  const pauses: number[] = [];
  for (let n = 0; n < 4; n++) pauses.push(await pauseOf(world));
  assert.equal(pauses, [1_000, 1_500, 2_500, 4_500]);

  relay.script = undefined;
  assert.is(await pauseOf(world), 8_500);
  assert.is(world.client.state, 'ready');
  await world.cut();
  assert.is(await pauseOf(world), 1_000);
});

for (const [name, { code, reason }] of Object.entries(CLOSE)) {
  const goesOn = code < 4500;
  test(`after ${code} (${name}) it ${goesOn ? 'connects again' : 'stays closed'}`, async () => {
    const world = createWorld();
    await world.connect();
    for (const session of world.relay.sessions) session.close(code, reason);
    await world.settle();
    assert.equal(world.seen.state.at(-1), { state: goesOn ? 'waiting' : 'closed', code, reason });
    await world.advance(60_000);
    assert.is(world.client.state, goesOn ? 'ready' : 'closed');
    assert.is(world.sockets.length, goesOn ? 2 : 1);
    if (!goesOn) assert.is(world.clock.pending, 0);
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
    const world = createWorld();
    await world.connect();
    for (const session of world.relay.sessions) session.close(code, '');
    await world.advance(2_000);
    assert.is(world.client.state, goesOn ? 'ready' : 'closed');
  });
}

test('after the end for good, connect() connects again', async () => {
  const world = createWorld();
  await world.connect();
  for (const session of world.relay.sessions) session.close(4501, 'the token was refused');
  await world.settle();
  await world.connect();
  assert.is(world.client.state, 'ready');
});

test('connect() during a pause attempts at once, and otherwise adds no second connection', async () => {
  const world = createWorld();
  await world.connect();
  world.client.connect();
  await world.cut();
  assert.is(world.client.state, 'waiting');
  world.client.connect();
  world.client.connect();
  await world.settle();
  assert.is(world.client.state, 'ready');
  assert.is(world.sockets.length, 2);
  await world.advance(5_000);
  assert.is(world.sockets.length, 2);
});

test('close() ends a pause and an attempt that is under way', async () => {
  const world = createWorld();
  await world.connect();
  await world.cut();
  world.client.close();
  await world.advance(60_000);
  assert.is(world.sockets.length, 1);

  world.client.connect();
  world.client.close();
  await world.advance(60_000);
  assert.is(world.sockets.length, 1);
  assert.is(world.client.state, 'closed');
});

test('when the network goes the connection is dropped, and there is no attempt for 20 s', async () => {
  const world = createWorld();
  await world.connect();
  world.goOffline();
  assert.equal(world.seen.state.at(-1), { state: 'waiting', code: 3002, reason: 'the network is gone' });
  assert.is(world.socket.closedWith?.code, 3002);
  world.relay.reachable = 'no';
  await world.advance(19_999);
  assert.is(world.sockets.length, 1);
  // A browser that misses to tell that it is online again must not leave the desktop dead.
  await world.advance(1);
  assert.is(world.sockets.length, 2);
});

test('when it is back it connects at once', async () => {
  const world = createWorld();
  await world.connect();
  world.goOffline();
  await world.advance(10_000);
  world.goOnline();
  await world.settle();
  assert.is(world.client.state, 'ready');
  assert.is(world.sockets.length, 2);
});

test('so it does in the middle of a pause, and a network that goes then stops the pause', async () => {
  const world = createWorld({ random: () => 1 });
  world.relay.reachable = 'no';
  await world.connect();
  world.goOffline();
  await world.advance(15_000);
  assert.is(world.sockets.length, 1);
  world.goOnline();
  await world.settle();
  assert.is(world.sockets.length, 2);
  // That was no success: the pauses go on growing.
  assert.is(await pauseOf(world), 1_500);
});

test('a network that goes during an attempt ends it', async () => {
  const world = createWorld();
  world.relay.reachable = 'silent';
  await world.connect();
  world.goOffline();
  assert.is(world.client.state, 'waiting');
  assert.is(world.seen.state.at(-1)?.code, 3002);
});

test('a network that comes back adds no connection to one that there is, and none where none is wanted', async () => {
  const world = createWorld();
  world.goOnline();
  await world.settle();
  assert.is(world.sockets.length, 0);
  world.client.connect();
  world.goOnline();
  await world.settle();
  world.goOnline();
  await world.settle();
  assert.is(world.sockets.length, 1);
  world.client.close();
  world.goOffline();
  world.goOnline();
  await world.settle();
  assert.is(world.client.state, 'closed');
  assert.is(world.sockets.length, 1);
});

test('it listens to the network while it is connected or wants to be, and not longer', async () => {
  const listeners = new Set<unknown>();
  const world = createWorld({
    network: {
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    },
  });
  assert.is(listeners.size, 0);
  await world.connect();
  assert.is(listeners.size, 2);
  world.client.close();
  assert.is(listeners.size, 0);
});

test('a relay that drains is left within its time, at a random moment and without a pause', async () => {
  for (const [random, expected] of [
    [0.1, 300],
    [0.9, 2_700],
  ] as const) {
    const world = createWorld({ random: () => random });
    await world.connect();
    world.socket.peer.send({ type: 'draining', within_ms: 3_000 });
    await world.settle();
    await world.advance(expected - 1);
    assert.is(world.sockets.length, 1);
    await world.advance(1);
    assert.is(world.sockets.length, 2);
    assert.is(world.client.state, 'ready');
    assert.equal(world.states, ['connecting', 'ready', 'connecting', 'ready']);
    assert.is(world.seen.state[2]?.code, 3003);
  }
});

test('a handler may close or connect the client at each change of its state', async () => {
  let tokens = 0;
  const world = createWorld({ getToken: () => `token-${++tokens}` });
  const { client } = world;
  const end = client.on('state', ({ state }) => {
    if (state === 'connecting') client.close();
  });
  await world.connect();
  await world.advance(60_000);
  assert.is(client.state, 'closed');
  assert.is(tokens, 0);
  assert.is(world.sockets.length, 0);
  end();

  const endSecond = client.on('state', ({ state }) => {
    if (state === 'ready') client.close();
  });
  await world.connect();
  assert.is(client.state, 'closed');
  assert.is(world.clock.pending, 0);
  endSecond();

  client.on('state', ({ state }) => {
    if (state === 'waiting') client.connect();
  });
  await world.connect();
  await world.cut();
  assert.is(client.state, 'ready');
  assert.is(world.relay.sessions.size, 1);
});

test.run();
