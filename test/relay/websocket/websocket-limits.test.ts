import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS, type SessionLimits } from '../../../relay/session/limits.ts';
import type { WebSocketLimits } from '../../../relay/websocket/limits.ts';
import { CLOSE, mayReconnect } from '../../../shared/close-codes.ts';
import { createLogger } from '../../../shared/log.ts';
import type { LoggedEvent } from '../../../shared/stream/protocol.ts';
import { makeEvent } from '../../helpers/events.ts';
import type { NativeDesktop } from '../../helpers/native-desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { type Connection, relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { FakeHub } from '../session/fake-hub.ts';
import { startNativeServer } from './native-server.ts';
import { tokens } from './native-session-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

/** A desktop whose connection the relay may end in any way. */
const connect = (options: Pick<Connection, 'url' | 'token'> = {}) =>
  fixture.nativeDesktop({ mayFail: true, ...options });

const errorCodes = (desktop: NativeDesktop) => desktop.of('error').map((frame) => frame.code);

function pingOf(bytes: number): string {
  const start = '{"type":"ping","pad":"';
  return `${start}${'x'.repeat(bytes - start.length - 2)}"}`;
}

test('a frame of 64 KiB is taken, with its unknown fields ignored', async () => {
  const desktop = await connect();
  desktop.socket.send(pingOf(SESSION_LIMITS.inboundFrameMaxBytes));
  await until(() => desktop.of('pong').length === 1);
  assert.equal(errorCodes(desktop), []);
});

test('a larger frame closes with 1009, for which nobody connects again', async () => {
  const desktop = await connect();
  desktop.socket.send(pingOf(SESSION_LIMITS.inboundFrameMaxBytes + 1));
  const [code] = await desktop.closed;
  assert.is(code, 1009);
  assert.not.ok(mayReconnect(code));
});

test('a message that is too large in parts closes with 1009', async () => {
  const desktop = await connect();
  for (let part = 0; part < 5; part++) {
    desktop.socket.send('x'.repeat(SESSION_LIMITS.inboundFrameMaxBytes / 4), { fin: false });
  }
  assert.is((await desktop.closed)[0], 1009);
});

test('text that is not UTF-8 closes with 1007', async () => {
  const desktop = await connect();
  desktop.socket.send(Buffer.from([0xff, 0xfe]), { binary: false });
  assert.is((await desktop.closed)[0], 1007);
});

test('one malformed frame is answered; the second one closes with 4502', async () => {
  const desktop = await connect();
  desktop.send({ type: 'no-such-type', id: 3 });
  await until(() => desktop.answersTo(3).length === 1);
  assert.is((await desktop.join(uniqueConversation())).type, 'joined');
  desktop.socket.send('{');
  assert.equal(await desktop.closed, [CLOSE.malformed.code, CLOSE.malformed.reason]);
  assert.equal(errorCodes(desktop), ['bad-frame', 'bad-frame']);
});

test('a binary frame is malformed, also when it holds a valid request', async () => {
  const desktop = await connect();
  desktop.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
  await until(() => desktop.of('error').length === 1);
  desktop.send({ type: 'ping' });
  await until(() => desktop.of('pong').length === 1);
  desktop.socket.send(Buffer.alloc(0), { binary: true });
  assert.is((await desktop.closed)[0], CLOSE.malformed.code);
});

test('a connection joins as many conversations as it may, and one more is refused', async () => {
  const desktop = await connect();
  const names = Array.from({ length: SESSION_LIMITS.joinedMax + 1 }, () => uniqueConversation());
  const answers = await Promise.all(names.map((name) => desktop.join(name)));
  assert.is(answers.filter((answer) => answer.type === 'joined').length, SESSION_LIMITS.joinedMax);
  assert.equal(errorCodes(desktop), ['too-many-joins']);
  const last = names[SESSION_LIMITS.joinedMax - 1] as (typeof names)[0];
  await fixture.publish(last, { messageId: '1' });
  await desktop.received(1);
  await desktop.leave(last);
  assert.is((await desktop.join(names[SESSION_LIMITS.joinedMax] ?? '')).type, 'joined');
});

test('a slow reader is closed with 4002 while others go on, and resumes where it was', async () => {
  const conversation = uniqueConversation();
  const [slow, quick] = [await connect(), await connect()];
  await slow.join(conversation);
  await quick.join(conversation);
  slow.socket.pause();
  const expected: string[] = [];
  const data = { text: 'x'.repeat(250_000) };
  // What the operating system holds for a connection is some megabytes more than the limit.
  while (!fixture.relay.log().includes(`"code":${CLOSE.slow.code}`)) {
    if (expected.length > 300) throw new Error('a slow reader is never closed');
    const event = makeEvent(conversation, { data });
    expected.push(event.messageId);
    await fixture.log.append(event);
  }
  slow.socket.resume();
  const [code] = await slow.closed;
  assert.is(code, CLOSE.slow.code);
  assert.ok(mayReconnect(code));
  await quick.received(expected.length);
  assert.equal(quick.messageIds(), expected);
  const had = slow.messageIds();
  assert.ok(had.length < expected.length);

  const again = await connect();
  const answer = await again.join(conversation, slow.events.at(-1)?.cursor ?? '0');
  assert.ok(answer.type === 'joined' && answer.recovered);
  await again.received(expected.length - had.length);
  assert.equal([...had, ...again.messageIds()], expected);
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function megabytesOfBuffers(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers / 2 ** 20;
}

function message(offset: number): LoggedEvent {
  const json = JSON.stringify({ offset, text: 'x'.repeat(2 ** 20) });
  return {
    type: 'event',
    position: { epoch: 'e', offset, tag: 't' },
    previousTag: 't',
    kind: 'new-message-event',
    messageId: String(offset),
    json,
  };
}

/** A reader that has stopped reading, on a server whose log is `lines`. */
async function stoppedReader(limits: Partial<SessionLimits & WebSocketLimits> = {}) {
  const hub = new FakeHub();
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => lines.push(line) });
  const server = await startNativeServer({ project: { id: TEST_PROJECT }, tokens, hub, logger }, limits);
  const desktop = await connect({ url: server.url, token: tokens.issue('test:agent', '').token });
  desktop.send({ type: 'join', id: 1, conversation: uniqueConversation() });
  await until(() => hub.joins.length === 1);
  desktop.socket.pause();
  return { server, desktop, member: hub.last, isClosing: () => lines.join('').includes(`"code":4002`) };
}

test('what waits for a slow reader is bounded, and its conversations are left at once', async () => {
  const { server, desktop, member, isClosing } = await stoppedReader();
  const before = megabytesOfBuffers();
  let most = 0;
  let leftAt = 0;
  for (let offset = 1; offset <= 80; offset++) {
    member.member.deliver(message(offset));
    if (leftAt === 0 && member.hasLeft) leftAt = offset;
    await new Promise((resolve) => setImmediate(resolve));
    if (offset % 20 === 0) most = Math.max(most, megabytesOfBuffers() - before);
  }
  assert.ok(isClosing());
  assert.ok(leftAt > 0 && leftAt < 60, `left after ${leftAt} of 80 MiB`);
  // The limit, the message that went past it, and what the client and the operating system hand about.
  assert.ok(
    most < SESSION_LIMITS.backlogMaxBytes / 2 ** 20 + 31,
    `80 MiB for a slow reader kept ${most} MiB`,
  );
  desktop.close();
  await server.close();
});

test('answers that a client does not read do not pile up either', async () => {
  const { server, desktop, isClosing } = await stoppedReader({ frameRate: { burst: 1e9, perSecond: 1 } });
  const request = JSON.stringify({ type: 'leave', id: 'x'.repeat(64), conversation: 'x' });
  for (let round = 0; !isClosing(); round++) {
    if (round > 400) throw new Error('a client that reads no answers is never closed');
    for (let index = 0; index < 2_000; index++) desktop.socket.send(request);
    await until(() => desktop.socket.bufferedAmount < 2 ** 20 || isClosing());
  }
  desktop.close();
  await server.close();
});

test('a reader that never returns is cut off', async () => {
  const { server } = await stoppedReader({ pingEveryMs: 50, pongTimeoutMs: 1_000 });
  await server.close();
});

test.run();
