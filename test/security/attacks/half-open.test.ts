// Connections that say nothing, many at a time, while a good desktop goes on.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { dial, upgradeRequest } from '../../helpers/raw-http.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { shows } from '../table.ts';

const fixture = redisFixture(test);
let relay: RelayProcess;
test.before(async () => {
  // In a process of its own: its memory is measured, and 10,000 connections have 20,000 ends.
  const program = await buildRelay(fixture);
  relay = await program.start({ ...fixture.server.env, AUTH_OPTION: 'Skip' });
});

// More than may be without a token; in the long tests as many as there may be of all, less those of the desktops.
const HALF_OPEN = process.env.TEST_LONG
  ? HTTP_LIMITS.connectionsMax - 100
  : HTTP_LIMITS.pendingConnectionsMax + 500;
const BATCH = 200;
// First byte of a frame (RFC 6455, 5.5). A close is not answered here.
const PING = 0x89;
const CLOSE_FRAME = 0x88;
/** The 10 s and the time that the closes of so many take on a busy machine. */
const CLOSED_BY_MS = SESSION_LIMITS.authTimeoutMs + 20_000;

/** A desktop that registers, connects and joins. */
async function comeIn(name: string): Promise<TestDesktop> {
  const response = await fetch(`${relay.url}/register`, { method: 'POST' });
  const { token } = (await response.json()) as { token: string };
  const arrived = await fixture.keep(new TestDesktop(relay.url, token)).connected();
  assert.is((await arrived.join(name))[0], true);
  return arrived;
}

shows('half-open', async () => {
  const name = uniqueConversation();
  const desktop = await comeIn(name);
  // What V8 takes from the system for so many it keeps for the next. It takes most of that in the first three rounds.
  for (let round = 0; round < 3; round++) await openThenClosed(HALF_OPEN);
  const before = memoryOf(relay.pid);

  const allClosed = openThenClosed(HALF_OPEN);
  let published = 0;
  const isDone = allClosed.then(() => true);
  while (!(await Promise.race([isDone, new Promise<false>((resolve) => setTimeout(resolve, 500, false))]))) {
    await fixture.publish(name);
    published++;
    (await comeIn(name)).close();
  }
  await desktop.received(published);
  assert.is(desktop.events.length, published);
  assert.ok(published > 5, String(published));
  const ends = await allClosed;
  const timedOut = ends.filter((code) => code === CLOSE['auth-timeout'].code).length;
  const cut = ends.filter((code) => code === undefined).length;
  assert.is(timedOut + cut, HALF_OPEN);
  assert.ok(
    timedOut > 0 && timedOut <= HTTP_LIMITS.pendingConnectionsMax,
    `${timedOut} had their time, ${cut} were cut`,
  );
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

/** Opens so many native connections that say nothing; resolves with the codes they are closed with, where there is one. */
async function openThenClosed(count: number): Promise<(number | undefined)[]> {
  const closed: Promise<number | undefined>[] = [];
  for (let made = 0; made < count; made += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, count - made) }, () => halfOpen());
    closed.push(...batch.map((each) => each.closed));
    await Promise.all(batch.map((each) => each.opened));
  }
  return Promise.all(closed);
}

/** An upgrade as bytes: a WebSocket client each would be most of what is measured. */
function halfOpen(): { opened: Promise<void>; closed: Promise<number | undefined> } {
  const { socket } = dial(relay.port, upgradeRequest('/ws'));
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number | undefined>();
  closed.promise.catch(() => {}); // awaited only once all are open
  const timer = setTimeout(() => closed.reject(new Error('still open')), CLOSED_BY_MS);
  socket.on('data', (text: string) => {
    const data = Buffer.from(text, 'latin1');
    const isHead = text.startsWith('HTTP/1.1 101');
    if (isHead) opened.resolve();
    let at = isHead ? data.indexOf('\r\n\r\n') + 4 : 0;
    while (data[at] === PING) at += 2 + (data[at + 1] ?? 0);
    if (data[at] !== CLOSE_FRAME) return;
    closed.resolve(data.readUInt16BE(at + 2));
    socket.destroy();
  });
  socket.on('close', () => {
    clearTimeout(timer);
    opened.reject(new Error('was not opened'));
    closed.resolve(undefined);
  });
  return { opened: opened.promise, closed: closed.promise };
}

test.run();
