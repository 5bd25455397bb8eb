import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Unauthorized } from '../../../relay/client/index.ts';
import { createWorld, type World } from './client-fixture.ts';

const tokensSent = (world: World) =>
  world.relay.received.filter(({ type }) => type === 'auth').map(({ token }) => token);
const inSeconds = (world: World, seconds: number) => () => world.clock.now() / 1000 + seconds;

test('each connection has a token of its own', async () => {
  const world = createWorld();
  await world.connect();
  await world.cut();
  await world.advance(2_000);
  assert.equal(tokensSent(world), ['token-1', 'token-2']);
});

test('a token may also be given without a promise', async () => {
  const world = createWorld({ getToken: () => 'at hand' });
  await world.connect();
  assert.equal(tokensSent(world), ['at hand']);
});

test('a getToken that fails is called again after growing pauses, and its error is reported', async () => {
  const fault = new Error('502 from the sign-in service');
  const times: number[] = [];
  const world = createWorld({
    random: () => 1,
    getToken: () => {
      times.push(world.clock.now());
      if (times.length < 4) throw fault;
      return Promise.resolve('at last');
    },
  });
  await world.connect();
  assert.equal(world.seen.state.at(-1), { state: 'waiting', code: 3004, reason: 'getToken failed' });
  assert.equal(world.seen.error, [{ code: 'token', message: 'getToken failed', cause: fault }]);
  await world.advance(60_000);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.equal(pauses, [1_000, 1_500, 2_500]);
  assert.is(world.client.state, 'ready');
  assert.is(world.sockets.length, 1);
});

const unauthorized = new Error('sign in first');
unauthorized.name = 'Unauthorized';
for (const [what, getToken] of [
  ['throws Unauthorized', () => Promise.reject(new Unauthorized('signed out'))],
  ['throws an error of that name', () => Promise.reject(unauthorized)],
  ['gives null', () => Promise.resolve(null)],
  ['gives nothing', () => undefined],
  ['gives an empty text', () => ''],
] as const) {
  test(`a getToken that ${what} closes the client`, async () => {
    const world = createWorld({ getToken });
    await world.connect();
    assert.equal(world.seen.state.at(-1), { state: 'closed', code: 3500, reason: 'getToken gave no token' });
    assert.is(world.clock.pending, 0);
    await world.advance(60_000);
    assert.is(world.sockets.length, 0);
  });
}

test('so does one that gives none for a renewal', async () => {
  let calls = 0;
  const world = createWorld({ getToken: () => (++calls === 1 ? 'first' : null) });
  world.relay.expiresAt = inSeconds(world, 3600);
  await world.connect();
  await world.advance(3_600_000);
  assert.is(world.seen.state.at(-1)?.code, 3500);
  assert.is(world.socket.closedWith?.code, 3500);
});

test('a getToken that hangs counts as failed after 30 s, and what it gives later is not used', async () => {
  const answers: ((token: string) => void)[] = [];
  const world = createWorld({ getToken: () => new Promise((resolve) => answers.push(resolve)) });
  await world.connect();
  await world.advance(29_999);
  assert.is(world.client.state, 'connecting');
  await world.advance(1);
  assert.is(world.seen.state.at(-1)?.code, 3004);
  answers[0]?.('late');
  await world.settle();
  assert.is(world.sockets.length, 0);
  await world.advance(1_000);
  answers[1]?.('in time');
  await world.settle();
  assert.equal(tokensSent(world), ['in time']);
  assert.is(world.clock.pending, 2, 'only the silence and the renewal are timed');
});

test('a token that comes after the attempt was given up is not used', async () => {
  const answers: ((token: string) => void)[] = [];
  const world = createWorld({ getToken: () => new Promise((resolve) => answers.push(resolve)) });
  await world.connect();
  world.goOffline();
  world.goOnline();
  await world.settle();
  answers[0]?.('of the first attempt');
  await world.settle();
  assert.is(world.sockets.length, 0);
  answers[1]?.('of the second');
  await world.settle();
  assert.equal(tokensSent(world), ['of the second']);
});

test('a token is renewed on the live connection between 75 and 90 % of its life, again and again', async () => {
  for (const [random, expected] of [
    [0, 2_700_000],
    [1, 3_240_000],
  ] as const) {
    const world = createWorld({ random: () => random });
    world.relay.expiresAt = inSeconds(world, 3600);
    await world.connect();
    await world.join();
    await world.advance(expected - 1);
    assert.equal(tokensSent(world), ['token-1']);
    await world.advance(1);
    assert.equal(tokensSent(world), ['token-1', 'token-2']);
    await world.advance(expected);
    assert.equal(tokensSent(world), ['token-1', 'token-2', 'token-3']);
    assert.is(world.sockets.length, 1);
    assert.equal(world.states, ['connecting', 'ready']);
    assert.is(world.joins().length, 1, 'a renewal joins nothing again');
  }
});

test('a renewal that fails is tried again on the same connection, after pauses that start short each time', async () => {
  const times: number[] = [];
  const world = createWorld({
    random: () => 1,
    getToken: () => {
      times.push(world.clock.now());
      const isBad = [2, 3, 5].includes(times.length);
      return isBad ? Promise.reject(new Error('down')) : Promise.resolve(`token-${times.length}`);
    },
  });
  world.relay.expiresAt = inSeconds(world, 3600);
  await world.connect();
  await world.advance(2 * 3_240_000 + 10_000);
  assert.equal(tokensSent(world), ['token-1', 'token-4', 'token-6']);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.equal(pauses, [3_240_000, 1_000, 1_500, 3_240_000, 1_000]);
  assert.equal(
    world.seen.error.map(({ code }) => code),
    ['token', 'token', 'token'],
  );
  assert.is(world.sockets.length, 1);
});

test('a short-lived token is renewed no more often than every 20 s, within the 30 s it is outlived', async () => {
  const world = createWorld();
  world.relay.expiresAt = inSeconds(world, 5);
  await world.connect();
  await world.advance(19_999);
  assert.is(tokensSent(world).length, 1);
  await world.advance(1);
  assert.is(tokensSent(world).length, 2);
});

test('a clock that is fast makes no storm of renewals, a token without end makes none', async () => {
  const world = createWorld();
  world.relay.expiresAt = inSeconds(world, -1);
  await world.connect();
  await world.advance(100_000);
  assert.is(tokensSent(world).length, 6);

  const other = createWorld();
  other.relay.expiresAt = () => 9e15;
  await other.connect();
  await other.advance(3_600_000);
  assert.is(tokensSent(other).length, 1);
});

test('a relay that says no end is asked to renew as for a short one', async () => {
  const world = createWorld();
  world.relay.expiresAt = () => Number.NaN;
  await world.connect();
  await world.advance(20_000);
  assert.is(tokensSent(world).length, 2);
});

test('a token that expired is replaced on a new connection', async () => {
  const world = createWorld();
  world.relay.script = ({ type, token }, session) => {
    if (type !== 'auth' || token !== 'token-1') return false;
    session.send({ type: 'error', code: 'unauthenticated', message: 'the token was refused' });
    session.close(4004, 'the token has expired');
    return true;
  };
  await world.connect();
  await world.advance(1_000);
  assert.equal(tokensSent(world), ['token-1', 'token-2']);
  assert.is(world.client.state, 'ready');
});

test('no error and no state shows a token', async () => {
  const world = createWorld({ getToken: () => 'secret-token' });
  await world.connect();
  world.socket.sendText('{');
  for (const session of world.relay.sessions) session.close(4501, 'the token was refused');
  await world.settle();
  assert.not.match(JSON.stringify(world.seen), /secret-token/);
});

test.run();
