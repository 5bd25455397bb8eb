// Relays that are drained while desktops of all kinds are sent a replay, and desktops with fifty conversations that come
// back after a cut.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SHUTDOWN_MAX_MS } from '../../../relay/limits.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { openSlowLine, type SlowLine } from '../../helpers/slow-line.ts';
import { until } from '../../helpers/until.ts';
import { CLIENT_KINDS, type DesktopKind, type FaultDesktop, knowsItsPlace, openDesktop } from './desktops.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { formatTable, makeRow } from './ledger.ts';

const SIZE = process.env.TEST_LONG
  ? { replayEvents: 900, eventBytes: 50_000, bytesPerSecond: 4_000_000, eventsOfEach: 40, cuts: 10 }
  : { replayEvents: 400, eventBytes: 20_000, bytesPerSecond: 2_000_000, eventsOfEach: 5, cuts: 3 };
const CONVERSATIONS = 50;
const LIMIT_MS = 60_000;

const fixture = redisFixture(test);
let fleet: Fleet;

test.before(async () => {
  fleet = await startFleet(fixture, fixture.server.port);
});

const open = (kind: DesktopKind, port: number, conversations: readonly ShortName[]): FaultDesktop =>
  fixture.keep(openDesktop(kind, port, () => fleet.tokens.issue(`test:${kind}`, '').token, conversations));

/** The desktops have got everything; nothing was lost or skipped, or repeated to desktops that know their place. */
async function assertComplete(
  fault: string,
  desktops: ReadonlyMap<DesktopKind, FaultDesktop>,
  published: ReadonlyMap<ShortName, readonly string[]>,
): Promise<void> {
  const hasAll = ({ ledgers }: FaultDesktop) =>
    ledgers.every(({ conversation, places }) => places.size >= (published.get(conversation)?.length ?? 0));
  await until(() => [...desktops.values()].every(hasAll), LIMIT_MS).catch(() => {});
  await sleep(500); // for what should not come
  const rows = [...desktops].map(([kind, { ledgers }]) => ({
    kind,
    row: makeRow(fault, kind, published, ledgers),
  }));
  console.log(`\n${formatTable(rows.map(({ row }) => row))}\n`);
  for (const { kind, row } of rows) {
    assert.is(row.lost, 0, `${kind}: lost`);
    assert.is(row.skipped, 0, `${kind}: skipped`);
    assert.match(row.told, /^0\//, `${kind}: told`);
    if (knowsItsPlace(kind)) assert.is(row.repeated, 0, `${kind}: repeated`);
  }
}

test('a relay that is drained in the middle of a replay loses and skips nothing', async () => {
  const conversation = uniqueConversation();
  const ids = await fixture.publishAll(conversation, SIZE.replayEvents, {
    data: { text: 'x'.repeat(SIZE.eventBytes) },
  });
  const [first, second] = fleet.relays;
  assert.ok(first && second);
  fleet.door.setTargets([first.port]);
  const lines: SlowLine[] = [];
  const desktops = new Map<DesktopKind, FaultDesktop>();
  for (const kind of CLIENT_KINDS) {
    const line = fixture.keep(await openSlowLine(fleet.door.port));
    line.limit(SIZE.bytesPerSecond);
    lines.push(line);
    desktops.set(kind, open(kind, line.port, [conversation]));
  }
  const counts = () => [...desktops.values()].map(({ ledgers }) => ledgers[0]?.places.size ?? 0);
  const isInReplay = (count: number) => count > 10;
  await until(() => {
    // Those that are in their replay stay there until the others are.
    for (const [index, count] of counts().entries()) if (isInReplay(count)) lines[index]?.limit(0);
    return counts().every(isInReplay);
  }, LIMIT_MS);
  fleet.door.setTargets([second.port]);
  const before = counts();
  for (const line of lines) line.limit(SIZE.bytesPerSecond);
  const drained = first.end('SIGTERM');
  ids.push(...(await fixture.publishAll(conversation, 20)));
  const drainMs = await drained;
  console.log(`\n# SIGTERM after ${before.join(', ')} of ${ids.length} events; drained in ${drainMs} ms`);
  assert.ok(
    before.every((count) => count < SIZE.replayEvents),
    'a replay was over before the drain',
  );
  // The relay gives up after SHUTDOWN_MAX_MS by itself; the machine may stand still meanwhile.
  assert.ok(drainMs < SHUTDOWN_MAX_MS + 20_000, `drained in ${drainMs} ms`);
  for (const line of lines) line.limit();
  await assertComplete('drain in a replay', desktops, new Map([[conversation, ids]]));
  await first.start();
  fleet.door.setTargets([first.port, second.port]);
});

test('desktops with 50 conversations lose nothing when they are cut again and again', async () => {
  const names = Array.from({ length: CONVERSATIONS }, () => uniqueConversation());
  const desktops = new Map(CLIENT_KINDS.map((kind) => [kind, open(kind, fleet.door.port, names)]));
  const published = new Map<ShortName, string[]>(names.map((name) => [name, []]));
  const publishToEach = async () => {
    for (const name of names)
      published.get(name)?.push(...(await fixture.publishAll(name, SIZE.eventsOfEach)));
  };
  await until(() => [...desktops.values()].every((desktop) => desktop.isSettled()), LIMIT_MS);
  await publishToEach();
  for (let cut = 0; cut < SIZE.cuts; cut++) {
    const publishing = publishToEach();
    await sleep(100);
    fleet.door.cutAll();
    await publishing;
    await sleep(300); // long enough for some to be back, and in the middle of their joins
  }
  await until(() => [...desktops.values()].every((desktop) => desktop.isSettled()), LIMIT_MS);
  await publishToEach();
  await assertComplete('cuts with 50 conversations', desktops, published);
});

test.run();
