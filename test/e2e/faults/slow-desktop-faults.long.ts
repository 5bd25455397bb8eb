// Desktops that read a kilobyte a second while their conversation gets fifty events a second: the relay keeps no more
// than its limit for them, closes them, and they have everything once they read again.
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { openSlowLine, type SlowLine } from '../../helpers/slow-line.ts';
import { until } from '../../helpers/until.ts';
import { type DesktopKind, type FaultDesktop, knowsItsPlace, openDesktop } from './desktops.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { formatTable, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const EVENTS_PER_SECOND = 50;
const SLOW_KINDS = [
  'browser, client 4.8',
  'browser, client 3.0.4',
  'cursor join',
  'native client',
] as const satisfies readonly DesktopKind[];
/**
 * `growthMaxMib`: how much more memory the relay may need for desktops that read slowly than for the same ones before.
 * While nobody comes back it is flat; the first times that they do, the pages of four replays may raise it by some
 * 30 MiB. Without the limit on what waits for a desktop it goes up with what is published: by 224 MiB.
 */
const SIZE = { seconds: 120, eventBytes: 16 * 1024, settleMs: 180_000, growthMaxMib: 80 };
/** For so long they read as fast as they can, and the relay gets as large as it does with this traffic, in seconds. */
const WARM_UP_SECONDS = 6;
const MIB = 1024 * 1024;
const READINGS = 3;
/** Collects its garbage when it is told to: V8 lets some 64 MiB of buffers pile up before it does so by itself. */
const TIDY = `data:text/javascript,${encodeURIComponent(`
  import { setFlagsFromString } from 'node:v8';
  import { runInNewContext } from 'node:vm';
  setFlagsFromString('--expose-gc');
  process.on('SIGUSR2', runInNewContext('gc'));
`)}`;
const FAULT = '1 kB/s while 50 events/s come';

interface SlowDesktop {
  kind: DesktopKind;
  line: SlowLine;
  desktop: FaultDesktop;
}

const fixture = redisFixture(test);
let fleet: Fleet;
const slow: SlowDesktop[] = [];
let quick: FaultDesktop;

const conversation = uniqueConversation();
const relay = () => fleet.relays[0] ?? { port: 0, pid: () => 0 };

test.before(async () => {
  // Nothing may be trimmed: a slow desktop is behind by thousands of events.
  fleet = await startFleet(fixture, fixture.server.port, 1, {
    HISTORY_SIZE: '100000',
    NODE_OPTIONS: `--import=${TIDY}`,
  });
  const open = (kind: DesktopKind, port: number) =>
    fixture.keep(
      openDesktop(kind, port, () => fleet.tokens.issue(`test:${kind}:${port}`, '').token, [conversation]),
    );
  for (const kind of SLOW_KINDS) {
    const line = fixture.keep(await openSlowLine(relay().port));
    slow.push({ kind, line, desktop: open(kind, line.port) });
  }
  quick = open('native client', relay().port);
});

/**
 * Resident memory of the relay's process without its garbage, in bytes: the least of some readings, because on a busy
 * machine the relay may not have collected it before a reading.
 */
async function memory(): Promise<number> {
  const readings: number[] = [];
  while (readings.length < READINGS) {
    const pid = relay().pid();
    process.kill(pid, 'SIGUSR2');
    await sleep(300);
    readings.push(Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024);
  }
  return Math.min(...readings);
}

test('a slow desktop costs the relay a bounded memory, is closed, and loses nothing', async () => {
  const all = [quick, ...slow.map(({ desktop }) => desktop)];
  const publisher = new MessagePublisher(fleet.functionUrls, Math.random, SIZE.eventBytes);
  const published = () => publisher.published.get(conversation)?.length ?? 0;
  const hasAll = ({ ledgers }: FaultDesktop) => ledgers.every(({ ids }) => new Set(ids).size === published());
  /** Resolves with the most memory that the relay had meanwhile, in bytes. */
  const publishFor = async (seconds: number) => {
    const pending: Promise<unknown>[] = [];
    const samples: Promise<number>[] = [];
    for (let event = 0; event < seconds * EVENTS_PER_SECOND; event++) {
      pending.push(publisher.publish(conversation));
      if (event % EVENTS_PER_SECOND === 0) samples.push(memory());
      await sleep(1_000 / EVENTS_PER_SECOND);
    }
    await Promise.all(pending);
    return Math.max(...(await Promise.all(samples)), await memory());
  };
  await until(() => all.every((desktop) => desktop.isSettled()));
  const before = await publishFor(WARM_UP_SECONDS);
  await until(() => all.every(hasAll));

  for (const { line } of slow) line.limit(1_000);
  const most = await publishFor(SIZE.seconds);
  for (const { line } of slow) line.limit();
  await until(() => all.every(hasAll), SIZE.settleMs).catch(() => {});
  await sleep(1_000); // for what should not come

  const grown = Math.round((most - before) / MIB);
  const rows = [
    ...SLOW_KINDS.map((kind) => {
      const ledgers = slow.flatMap((one) => (one.kind === kind ? one.desktop.ledgers : []));
      return { kind, row: makeRow(FAULT, kind, publisher.published, ledgers) };
    }),
    {
      kind: 'native client' as const,
      row: makeRow(`${FAULT} to others`, 'native client', publisher.published, quick.ledgers),
    },
  ];
  console.log(`\n${formatTable(rows.map(({ row }) => row))}`);
  console.log(`# the relay's memory grew by ${grown} MiB\n`);
  assert.ok(grown < SIZE.growthMaxMib, `the relay grew by ${grown} MiB`);
  for (const { kind, row } of rows) {
    assert.is(row.lost, 0, row.desktops);
    assert.is(row.skipped, 0, row.desktops);
    assert.match(row.told, /^0\//, row.desktops);
    if (knowsItsPlace(kind)) assert.is(row.repeated, 0, row.desktops);
  }
  for (const { kind, line } of slow) assert.ok(line.connections() > 1, `${kind} was closed, and came back`);
});

test.run();
