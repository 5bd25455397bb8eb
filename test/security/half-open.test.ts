// Connections that say nothing, many at a time, while a good desktop goes on.
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AUTH_TIMEOUT_MS, CONNECTION_LIMITS } from '../../relay/limits.ts';
import { CLOSE } from '../../shared/close-codes.ts';
import { createRedis, type Redis } from '../../shared/redis.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { makeEvent } from '../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../helpers/redis.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../helpers/relay-program.ts';
import { shows } from './table.ts';

let redis: TestRedis;
let program: RelayProgram;
let relay: RelayProcess;
let token: string;
let desktop: TestDesktop;
let commands: Redis;
test.before(async () => {
  redis = await startTestRedis();
  // In a process of its own: its memory is measured, and 10,000 connections have 20,000 ends.
  program = await buildRelay('a signing key for tests, of more than 32 bytes');
  relay = await program.start({ ...redis.env, AUTH_OPTION: 'Skip' });
  const response = await fetch(`${relay.url}/register`, { method: 'POST' });
  ({ token } = (await response.json()) as { token: string });
  commands = createRedis(redis.redisConfig);
});
test.after(async () => {
  desktop?.close();
  commands?.disconnect();
  await relay?.stop();
  program?.remove();
  await redis?.stop();
});

const publish = (name: ReturnType<typeof uniqueConversation>) =>
  createEventLog(commands, { historySize: 100, historyTtlSeconds: 600 }).append(makeEvent(name));

// With the desktop and the connections that have made sure of the relay, as many as it takes.
const HALF_OPEN = process.env.TEST_LONG ? CONNECTION_LIMITS.max - 10 : 1_000;
const BATCH = 200;
// First byte of a frame (RFC 6455, 5.5). A close is not answered here.
const PING = 0x89;
const CLOSE_FRAME = 0x88;
/** The 10 s and the time that the closes of so many take on a busy machine. */
const CLOSED_BY_MS = AUTH_TIMEOUT_MS + 20_000;

shows('half-open', async () => {
  const name = uniqueConversation();
  desktop = await new TestDesktop(relay.url, token).connected();
  await desktop.join(name);
  // Once through: what V8 has taken from the system for so many, it keeps for the next.
  await openThenClosed(HALF_OPEN);
  const before = memoryOf(relay.pid);

  const allClosed = openThenClosed(HALF_OPEN);
  let published = 0;
  const isDone = allClosed.then(() => true);
  while (!(await Promise.race([isDone, new Promise<false>((resolve) => setTimeout(resolve, 500, false))]))) {
    await publish(name);
    published++;
  }
  await desktop.received(published);
  assert.is(desktop.events.length, published);
  assert.ok(published > 5, String(published));
  const codes = await allClosed;
  assert.equal([...new Set(codes)], [CLOSE['auth-timeout'].code]);
  const grown = memoryOf(relay.pid) - before;
  // What stayed in memory of each connection would be there twice.
  assert.ok(grown < 30 + HALF_OPEN / 200, `${Math.round(grown)} MB`);
});

/** Resident memory of a process in megabytes; known on Linux only. */
function memoryOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}

/** Opens so many native connections that say nothing; resolves with the codes they are closed with. */
async function openThenClosed(count: number): Promise<number[]> {
  const closed: Promise<number>[] = [];
  for (let made = 0; made < count; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - made) }, () => halfOpen());
    closed.push(...batch.map((each) => each.closed));
    await Promise.all(batch.map((each) => each.opened));
  }
  return Promise.all(closed);
}

/** An upgrade as bytes: a WebSocket client each would be most of what is measured. */
function halfOpen(): { opened: Promise<void>; closed: Promise<number> } {
  const socket: Socket = connect(relay.port, '127.0.0.1');
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  closed.promise.catch(() => {}); // awaited only once all are open
  const timer = setTimeout(() => closed.reject(new Error('still open')), CLOSED_BY_MS);
  socket.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n' +
      `Sec-WebSocket-Protocol: ${SUBPROTOCOL}\r\n\r\n`,
  );
  socket.on('data', (data: Buffer) => {
    const isHead = data.toString('latin1', 0, 12) === 'HTTP/1.1 101';
    if (isHead) opened.resolve();
    let at = isHead ? data.indexOf('\r\n\r\n') + 4 : 0;
    while (data[at] === PING) at += 2 + (data[at + 1] ?? 0);
    if (data[at] !== CLOSE_FRAME) return;
    clearTimeout(timer);
    closed.resolve(data.readUInt16BE(at + 2));
    socket.destroy();
  });
  socket.on('error', (error) => {
    opened.reject(error);
    closed.reject(error);
  });
  return { opened: opened.promise, closed: closed.promise };
}

test.run();
