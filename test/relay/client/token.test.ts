import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Unauthorized } from '../../../relay/client/index.ts';
import { type ClientFixture, clientFixture, connectedClient } from './client-fixture.ts';

const tokensSent = (fixture: ClientFixture) =>
  fixture.relay.received.filter(({ type }) => type === 'auth').map(({ token }) => token);
const inSeconds = (fixture: ClientFixture, seconds: number) => () => fixture.clock.now() / 1000 + seconds;

test('each connection has a token of its own', async () => {
  const fixture = await connectedClient();
  await fixture.cut();
  await fixture.advance(2_000);
  assert.equal(tokensSent(fixture), ['token-1', 'token-2']);
});

test('a token may also be given without a promise', async () => {
  const fixture = await connectedClient({ getToken: () => 'at hand' });
  assert.equal(tokensSent(fixture), ['at hand']);
});

test('a getToken that fails is retried after growing pauses and reported', async () => {
  const fault = new Error('502 from the sign-in service');
  const times: number[] = [];
  const fixture = clientFixture({
    random: () => 1,
    getToken: () => {
      times.push(fixture.clock.now());
      if (times.length < 4) throw fault;
      return Promise.resolve('at last');
    },
  });
  await fixture.connect();
  assert.equal(fixture.seen.state.at(-1), { state: 'waiting', code: 3004, reason: 'getToken failed' });
  assert.equal(fixture.seen.error, [{ code: 'token', message: 'getToken failed', cause: fault }]);
  await fixture.advance(60_000);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.equal(pauses, [1_000, 1_500, 2_500]);
  assert.is(fixture.client.state, 'ready');
  assert.is(fixture.sockets.length, 1);
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
    const fixture = await connectedClient({ getToken });
    assert.equal(fixture.seen.state.at(-1), {
      state: 'closed',
      code: 3500,
      reason: 'getToken gave no token',
    });
    assert.is(fixture.clock.pending, 0);
    await fixture.advance(60_000);
    assert.is(fixture.sockets.length, 0);
  });
}

test('so does one that gives none for a renewal', async () => {
  let calls = 0;
  const fixture = clientFixture({ getToken: () => (++calls === 1 ? 'first' : null) });
  fixture.relay.expiresAt = inSeconds(fixture, 3600);
  await fixture.connect();
  await fixture.advance(3_600_000);
  assert.is(fixture.seen.state.at(-1)?.code, 3500);
  assert.is(fixture.socket.closedWith?.code, 3500);
});

test('a getToken that hangs fails after 30 s, and its late token is not used', async () => {
  const answers: ((token: string) => void)[] = [];
  const fixture = await connectedClient({ getToken: () => new Promise((resolve) => answers.push(resolve)) });
  await fixture.advance(29_999);
  assert.is(fixture.client.state, 'connecting');
  await fixture.advance(1);
  assert.is(fixture.seen.state.at(-1)?.code, 3004);
  answers[0]?.('late');
  await fixture.settle();
  assert.is(fixture.sockets.length, 0);
  await fixture.advance(1_000);
  answers[1]?.('in time');
  await fixture.settle();
  assert.equal(tokensSent(fixture), ['in time']);
  assert.is(fixture.clock.pending, 2, 'only the silence and the renewal are timed');
});

test('a token that comes after the attempt was given up is not used', async () => {
  const answers: ((token: string) => void)[] = [];
  const fixture = await connectedClient({ getToken: () => new Promise((resolve) => answers.push(resolve)) });
  fixture.goOffline();
  fixture.goOnline();
  await fixture.settle();
  answers[0]?.('of the first attempt');
  await fixture.settle();
  assert.is(fixture.sockets.length, 0);
  answers[1]?.('of the second');
  await fixture.settle();
  assert.equal(tokensSent(fixture), ['of the second']);
});

test('a token is renewed on the live connection at 75 to 90 % of its life', async () => {
  for (const [random, expected] of [
    [0, 2_700_000],
    [1, 3_240_000],
  ] as const) {
    const fixture = clientFixture({ random: () => random });
    fixture.relay.expiresAt = inSeconds(fixture, 3600);
    await fixture.connect();
    await fixture.join();
    await fixture.advance(expected - 1);
    assert.equal(tokensSent(fixture), ['token-1']);
    await fixture.advance(1);
    assert.equal(tokensSent(fixture), ['token-1', 'token-2']);
    await fixture.advance(expected);
    assert.equal(tokensSent(fixture), ['token-1', 'token-2', 'token-3']);
    assert.is(fixture.sockets.length, 1);
    assert.equal(fixture.states, ['connecting', 'ready']);
    assert.is(fixture.joins().length, 1, 'a renewal joins nothing again');
  }
});

test('a failed renewal is retried on its connection, with short first pauses', async () => {
  const times: number[] = [];
  const fixture = clientFixture({
    random: () => 1,
    getToken: () => {
      times.push(fixture.clock.now());
      const isBad = [2, 3, 5].includes(times.length);
      return isBad ? Promise.reject(new Error('down')) : Promise.resolve(`token-${times.length}`);
    },
  });
  fixture.relay.expiresAt = inSeconds(fixture, 3600);
  await fixture.connect();
  await fixture.advance(2 * 3_240_000 + 10_000);
  assert.equal(tokensSent(fixture), ['token-1', 'token-4', 'token-6']);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  assert.equal(pauses, [3_240_000, 1_000, 1_500, 3_240_000, 1_000]);
  assert.equal(
    fixture.seen.error.map(({ code }) => code),
    ['token', 'token', 'token'],
  );
  assert.is(fixture.sockets.length, 1);
});

test('a short-lived token is renewed every 20 s at most, before it ends', async () => {
  const fixture = clientFixture();
  fixture.relay.expiresAt = inSeconds(fixture, 5);
  await fixture.connect();
  await fixture.advance(19_999);
  assert.is(tokensSent(fixture).length, 1);
  await fixture.advance(1);
  assert.is(tokensSent(fixture).length, 2);
});

test('a clock that is fast makes no storm of renewals, a token without end makes none', async () => {
  const fixture = clientFixture();
  fixture.relay.expiresAt = inSeconds(fixture, -1);
  await fixture.connect();
  await fixture.advance(100_000);
  assert.is(tokensSent(fixture).length, 6);

  const other = clientFixture();
  other.relay.expiresAt = () => 9e15;
  await other.connect();
  await other.advance(3_600_000);
  assert.is(tokensSent(other).length, 1);
});

test('a relay that says no end is asked to renew as for a short one', async () => {
  const fixture = clientFixture();
  fixture.relay.expiresAt = () => Number.NaN;
  await fixture.connect();
  await fixture.advance(20_000);
  assert.is(tokensSent(fixture).length, 2);
});

test('a token that expired is replaced on a new connection', async () => {
  const fixture = clientFixture();
  fixture.relay.script = ({ type, token }, session) => {
    if (type !== 'auth' || token !== 'token-1') return false;
    session.send({ type: 'error', code: 'unauthenticated', message: 'the token was refused' });
    session.close(4004, 'the token has expired');
    return true;
  };
  await fixture.connect();
  await fixture.advance(1_000);
  assert.equal(tokensSent(fixture), ['token-1', 'token-2']);
  assert.is(fixture.client.state, 'ready');
});

test('no error and no state shows a token', async () => {
  const fixture = await connectedClient({ getToken: () => 'secret-token' });
  fixture.socket.sendText('{');
  for (const session of fixture.relay.sessions) session.close(4501, 'the token was refused');
  await fixture.settle();
  assert.not.match(JSON.stringify(fixture.seen), /secret-token/);
});

test.run();
