// What comes over sockets that are open, against a whole relay.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { SOCKET_IO_LIMITS } from '../../relay/socketio/limits.ts';
import { CLOSE } from '../../shared/close-codes.ts';
import type { TestDesktop } from '../helpers/desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { shows } from './table.ts';
import '../helpers/patient-redis.ts';

/** The relay writes nothing by itself in a test. */
const NEVER_MS = 3_600_000;
const fixture = relayFixture(test, {
  limits: {
    redisHealth: { trialEveryMs: NEVER_MS },
    conversations: { desktopsFlushMs: NEVER_MS, desktopsRenewMs: NEVER_MS },
  },
});

shows('S7', async () => {
  const good = await Promise.all(Array.from({ length: 4 }, () => fixture.desktop()));
  const heard: string[] = [];
  for (const desktop of good) {
    desktop.socket.onAny((event: string) => heard.push(event));
    desktop.socket.on('disconnect', () => heard.push('disconnect'));
  }
  const bad = fixture.openDesktop({ token: 'bad' });
  bad.socket.onAny((event: string) => heard.push(event));
  const error = await bad.connected().catch((reason: Error) => reason);
  assert.is((error as Error).message, 'authentication failed');
  // What was sent before this answer would have come before it.
  await Promise.all(good.map((desktop) => desktop.join(uniqueConversation())));
  assert.equal(heard, []);
});

shows('S8', async () => {
  const digest = createHash('sha256').update('+15550001').digest('hex');
  await fixture.redis.set(digest, 'the conversation of a call');
  const before = await fixture.redis.dbsize();
  const desktop = await fixture.desktop();
  const native = await fixture.nativeDesktop();
  const huge = `projects/${TEST_PROJECT}/conversations/${'x'.repeat(10_000)}`;
  const names = [
    digest,
    '',
    '*',
    'aar1:{x}:log',
    `projects/${TEST_PROJECT}/conversations/{a}b`,
    huge,
    'projects/other/conversations/c',
  ];
  for (const name of names) {
    for (const event of ['join-conversation', 'leave-conversation']) {
      assert.is((await desktop.ask(event, name))[0], false, name.slice(0, 80));
    }
    for (const answer of [await native.join(name), await native.leave(name)]) assert.is(answer.type, 'error');
  }
  assert.is(await fixture.redis.get(digest), 'the conversation of a call');
  assert.is(await fixture.redis.dbsize(), before);
});

shows('connects', async () => {
  const connect = (token: string) => `40${JSON.stringify({ token })}`;
  const open = async () => {
    const socket = new WebSocket(
      `${fixture.relay.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`,
    );
    let answers = 0;
    socket.on('message', (data) => {
      if (/^4[04]/.test(String(data))) answers++;
    });
    await once(socket, 'open');
    const isOpen = () => socket.readyState === socket.OPEN;
    /** Whether the connection is still open once this is answered. */
    const ask = async (...packets: string[]) => {
      const before = answers;
      for (const packet of packets) socket.send(packet);
      await until(() => !isOpen() || answers > before);
      await sleep(50);
      return isOpen();
    };
    return { ask, isOpen };
  };

  const twice = await open();
  assert.is(await twice.ask(connect(fixture.relay.token)), true);
  assert.is(await twice.ask(connect(fixture.relay.token)), false, 'one after the other');
  const atOnce = await open();
  assert.is(
    await atOnce.ask(connect(fixture.relay.token), connect(fixture.relay.token)),
    false,
    'while the first is judged',
  );

  const guessing = await open();
  for (let tries = 0; tries < SOCKET_IO_LIMITS.connectAttemptsMax; tries++)
    assert.is(await guessing.ask(connect('bad')), true);
  assert.is(await guessing.ask(connect(fixture.relay.token)), false);
  const mistaken = await open();
  assert.is(await mistaken.ask(connect('bad')), true);
  assert.is(await mistaken.ask(connect(fixture.relay.token)), true, 'a page may try another token');

  const leftAtOnce = await open();
  await leftAtOnce.ask(connect(fixture.relay.token), '41');
  await until(() => !leftAtOnce.isOpen());
  const left = await open();
  assert.is(await left.ask(connect(fixture.relay.token)), true);
  assert.is(await left.ask('41'), false, 'after it was let in');
});

/** Past the client's encoder. */
function sendPacket(desktop: TestDesktop, packet: string | Buffer): void {
  const { ws } = desktop.socket.io.engine.transport as unknown as { ws: { send(data: unknown): void } };
  ws.send(packet);
}

shows('frames', async () => {
  const bad = [
    'no json',
    '{',
    'null',
    '[]',
    '"x"',
    '{"type":"hack"}',
    '{"type":"join"}',
    Buffer.from('{"type":"ping"}'),
  ];
  for (const frame of bad) {
    const native = await fixture.nativeDesktop();
    native.socket.send(frame);
    native.socket.send(frame);
    assert.is((await native.closed)[0], CLOSE.malformed.code, String(frame));
    assert.is(native.of('error')[0]?.code, 'bad-frame');
  }
  const native = await fixture.openNativeDesktop().opened();
  native.socket.send('x'.repeat(65 * 1024));
  assert.is((await native.closed)[0], 1009);

  for (const packet of [
    `42["join-conversation","${'x'.repeat(65 * 1024)}"]`,
    '42["x"',
    '4999',
    '4[[',
    Buffer.from('binary'),
  ]) {
    const desktop = await fixture.desktop();
    desktop.socket.io.opts.reconnection = false;
    const gone = new Promise<string>((resolve) =>
      desktop.socket.once('disconnect', (reason) => resolve(reason)),
    );
    sendPacket(desktop, packet);
    assert.match(await gone, /transport|parse|server/, String(packet).slice(0, 20));
  }
});

const NESTED = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;

shows('deep', async () => {
  const native = await fixture.nativeDesktop();
  native.socket.send(`{"type":"join","id":"deep","conversation":${NESTED}}`);
  await until(() => native.answersTo('deep').length > 0);
  assert.is(native.answersTo('deep')[0]?.type, 'error');

  const desktop = await fixture.desktop();
  // As bytes, because the client's own encoder gives up on it.
  for (const argument of [NESTED, `{"conversation":${NESTED}}`, `{"conversation":"x","after":${NESTED}}`]) {
    sendPacket(desktop, `42["join-conversation",${argument}]`);
    sendPacket(desktop, `421["join-conversation",${argument}]`);
  }
  assert.is((await desktop.join(uniqueConversation()))[0], true);
});

shows('prototype', async () => {
  const inner = '{"conversation":"x","polluted":true,"type":"ping"}';
  const native = await fixture.nativeDesktop();
  native.socket.send(`{"type":"join","id":1,"__proto__":${inner},"constructor":{"prototype":${inner}}}`);
  await until(() => native.answersTo(1).length > 0);
  assert.is(native.answersTo(1)[0]?.type, 'error');

  const desktop = await fixture.desktop();
  const poisoned = [
    `{"__proto__":${inner}}`,
    `{"constructor":{"prototype":${inner}}}`,
    '"__proto__"',
    '"constructor"',
  ];
  for (const text of poisoned) assert.is((await desktop.join(JSON.parse(text)))[0], false, text);
  for (const event of ['__proto__', 'constructor', 'toString', 'hasOwnProperty'])
    desktop.socket.emit(event, JSON.parse(`{"__proto__":${inner}}`));
  assert.is((await desktop.join(uniqueConversation()))[0], true);
  const fresh: Record<string, unknown> = {};
  assert.equal([fresh.polluted, fresh.conversation], [undefined, undefined]);
});

test.run();
