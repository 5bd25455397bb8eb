// Connections that are over a limit, or that send what the relay does not take, leave one line and one count each.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SOCKET_IO_LIMITS } from '../../../relay/socketio/limits.ts';
import { until } from '../../helpers/until.ts';
import { idOf } from '../admin/admin-requests.ts';
import { PHONE } from './refusals-fixture.ts';
import { CONNECTIONS_MAX, FRAMES_MAX, SocketRefusalsFixture } from './socket-refusals-fixture.ts';

const fixture = new SocketRefusalsFixture(test);
/** Does not wait for tokens. */
const impatient = new SocketRefusalsFixture(test, 400);

test('a connection too many of an agent is limit-connections, on both protocols', async () => {
  const token = fixture.signed('okta:everywhere');
  for (let count = 0; count < CONNECTIONS_MAX; count++) await fixture.nativeDesktop({ token });
  const [native, socketIo] = [fixture.address(), fixture.address()];
  const lines = [
    await fixture.refusedOnce('limit-connections', async () => {
      (await fixture.openNative(native)).send({ type: 'auth', token });
    }),
    await fixture.refusedOnce('limit-connections', () => {
      fixture.openDesktop({ token, headers: { 'x-forwarded-for': socketIo } });
    }),
  ];
  for (const { sub, jti } of lines) assert.equal([sub, jti], ['okta:everywhere', idOf(token)]);
  assert.equal(
    lines.map(({ from }) => from),
    [native, socketIo],
  );
});

test('a renewal too many is limit-renewals', async () => {
  const desktop = await fixture.nativeDesktop({ token: fixture.signed('okta:renews') });
  const renew = () => desktop.send({ type: 'auth', token: fixture.signed('okta:renews') });
  renew();
  assert.is((await fixture.refusedOnce('limit-renewals', renew)).sub, 'okta:renews');
});

test('too many frames are limit-frames, with and without a token', async () => {
  const desktop = await fixture.nativeDesktop({ token: fixture.signed('okta:talks') });
  const line = await fixture.refusedOnce('limit-frames', () => {
    for (let count = 0; count <= FRAMES_MAX; count++) desktop.send({ type: 'ping' });
  });
  assert.is(line.sub, 'okta:talks');
  const from = fixture.address();
  const other = await fixture.refusedOnce('limit-frames', () =>
    fixture.openEngine(from, ...Array.from({ length: FRAMES_MAX + 5 }, () => '3')),
  );
  assert.equal([other.from, other.sub], [from, undefined]);
});

test('a native connection without a token is auth-timeout, a wrong frame auth-first', async () => {
  const silent = impatient.address();
  const late = await impatient.refusedOnce('auth-timeout', () => impatient.openNative(silent));
  assert.is(late.from, silent);
  const hasty = fixture.address();
  const line = await fixture.refusedOnce('auth-first', async () =>
    (await fixture.openNative(hasty)).send({ type: 'ping' }),
  );
  assert.is(line.from, hasty);
});

test('a Socket.IO connection without a token is auth-timeout', async () => {
  const from = impatient.address();
  const line = await impatient.refusedOnce('auth-timeout', () => impatient.openEngine(from));
  assert.is(line.from, from);
});

test('a wrong namespace, an early event and a broken packet leave one line each', async () => {
  const from = fixture.address();
  await fixture.refusedOnce('namespace', () => fixture.openEngine(from, `40/${PHONE},`));
  await fixture.refusedOnce('auth-first', () => fixture.openEngine(from, `42["${PHONE}"]`));
  const token = fixture.signed();
  await fixture.refusedOnce('bad-packet', () =>
    fixture.openEngine(from, `40{"token":"${token}"}`, `42["${PHONE}`),
  );
});

test('a packet that Engine.IO does not know leaves one line', async () => {
  const from = fixture.address();
  const line = await fixture.refusedOnce('bad-packet', () => fixture.openEngine(from, 'garbage'));
  assert.is(line.from, from);
});

test('a message that is too long, and bytes that are no frame, leave one line each', async () => {
  const long = 'x'.repeat(20_000);
  const native = fixture.address();
  const line = await fixture.refusedOnce('frame-too-large', async () =>
    (await fixture.openNative(native)).send(long),
  );
  assert.is(line.from, native);
  const socketIo = fixture.address();
  const other = await fixture.refusedOnce('frame-too-large', () => fixture.openEngine(socketIo, `4${long}`));
  assert.is(other.from, socketIo);
  const broken = fixture.address();
  const bad = await fixture.refusedOnce('bad-websocket-frame', async () => {
    const { socket } = await fixture.openNative(broken);
    (socket as unknown as { _socket: { write(bytes: Buffer): void } })._socket.write(
      Buffer.from([0xff, 0xff]),
    );
  });
  assert.is(bad.from, broken);
});

test('many tokens tried on one connection of Socket.IO are limit-connects', async () => {
  const from = fixture.address();
  const line = await fixture.refusedOnce(
    'limit-connects',
    async () => {
      const socket = await fixture.openEngine(from);
      for (let attempt = 0; attempt < SOCKET_IO_LIMITS.connectAttemptsMax; attempt++) {
        const answered = new Promise((resolve) => socket.once('message', resolve));
        socket.send('40{"token":"x"}');
        await answered;
      }
      socket.send('40{"token":"x"}');
    },
    ({ reason }) => reason === 'limit-connects',
  );
  assert.is(line.from, from);
});

test('a flood of refused connections has few lines, and each counts', async () => {
  const FLOOD = 200;
  const from = fixture.address();
  const before = await fixture.count('token-missing');
  const lines = () => fixture.lines(from).length;
  const desktops = await Promise.all(Array.from({ length: 20 }, () => fixture.openNative(from)));
  await Promise.all(
    desktops.map(async (desktop) => {
      desktop.send({ type: 'auth', token: '' });
      await desktop.closed;
    }),
  );
  for (let count = desktops.length; count < FLOOD; count += 20) {
    const more = await Promise.all(Array.from({ length: 20 }, () => fixture.openNative(from)));
    for (const desktop of more) desktop.send({ type: 'auth', token: '' });
    await Promise.all(more.map(({ closed }) => closed));
  }
  await until(async () => (await fixture.count('token-missing')) - before === FLOOD, 30_000);
  assert.ok(lines() <= 3, `${lines()} lines`);
});

test.run();
