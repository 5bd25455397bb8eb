// Connections cut at random, pub/sub connections killed, relays restarted in turn and one killed, pages reloaded,
// duplicates from Pub/Sub: all at once, while all kinds of desktops watch. Set TEST_LONG for the whole size.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SHUTDOWN_MAX_MS } from '../../../relay/limits.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import { ALL_KINDS, type DesktopKind, type FaultDesktop, knowsItsPlace, openDesktop } from './desktops.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { formatTable, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const SIZE = process.env.TEST_LONG
  ? { events: 6_000, conversations: 40, desktopsOfAKind: 5, eventsPerSecond: 80, joins: 8, settleMs: 120_000 }
  : { events: 800, conversations: 12, desktopsOfAKind: 2, eventsPerSecond: 40, joins: 4, settleMs: 60_000 };
const FAULT = 'cuts, reloads, pub/sub kills, rolling restart, SIGKILL, duplicates';
const PUBSUB_KILLS = 20;
/** Every so many events one connection of a desktop is cut. */
const CUT_EVERY = 8;
/** Every so many events a page of each desktop that reloads is replaced by a new one. */
const RELOAD_EVERY = 100;
/** When the faults of relays begin, as shares of the events. */
const RESTART_AT = 0.15;
const KILL_AT = 0.7;

const fixture = redisFixture(test);

/** Ends every relay in turn, the next when the one before is back. Resolves with how long each took, in milliseconds. */
async function restartAll({ relays }: Fleet): Promise<number[]> {
  const drainTimes: number[] = [];
  for (const relay of relays) {
    drainTimes.push(await relay.end('SIGTERM'));
    await relay.start();
  }
  return drainTimes;
}

async function crash({ relays: [relay] }: Fleet): Promise<void> {
  await relay?.end('SIGKILL');
  await sleep(500);
  await relay?.start();
}

test('nothing is lost, skipped, or repeated to desktops that know their place', async () => {
  const fleet = await startFleet(fixture, fixture.server.port);
  const conversations = Array.from({ length: SIZE.conversations }, () => uniqueConversation());
  const open = (kind: DesktopKind, number: number): FaultDesktop => {
    const first = (ALL_KINDS.indexOf(kind) * SIZE.desktopsOfAKind + number) * 3;
    const watched = Array.from(
      { length: SIZE.joins },
      (_, offset) => conversations[(first + offset) % conversations.length] ?? uniqueConversation(),
    );
    const issueToken = () => fleet.tokens.issue(`test:${kind}:${number}`, '').token;
    return fixture.keep(openDesktop(kind, fleet.door.port, issueToken, watched));
  };
  const desktops = new Map(
    ALL_KINDS.map((kind) => [
      kind,
      Array.from({ length: SIZE.desktopsOfAKind }, (_, number) => open(kind, number)),
    ]),
  );
  const all = [...desktops.values()].flat();
  await until(() => all.every((desktop) => desktop.isSettled()), SIZE.settleMs);

  const publisher = new MessagePublisher(fleet.functionUrls);
  const pending: Promise<unknown>[] = [];
  let restarted: Promise<number[]> = Promise.resolve([]);
  const faults = new Map([
    [
      Math.floor(SIZE.events * RESTART_AT),
      () => {
        restarted = restartAll(fleet);
      },
    ],
    [Math.floor(SIZE.events * KILL_AT), () => pending.push(restarted.then(() => crash(fleet)))],
  ]);
  for (let event = 0; event < SIZE.events; event++) {
    const conversation = conversations[event % conversations.length] ?? uniqueConversation();
    pending.push(publisher.publish(conversation, event % 5 === 0 ? 2 : 1));
    faults.get(event)?.();
    if (event % CUT_EVERY === 0) fleet.door.cutOne();
    if (event % RELOAD_EVERY === RELOAD_EVERY / 2) {
      for (const desktop of desktops.get('browser, reloads') ?? []) desktop.reload?.();
    }
    if (event % Math.floor(SIZE.events / PUBSUB_KILLS) === 5) {
      pending.push(fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub').catch(() => {}));
    }
    await sleep(1_000 / SIZE.eventsPerSecond);
  }
  await Promise.all(pending);
  const isComplete = () =>
    all.every(({ ledgers }) =>
      ledgers.every(
        ({ conversation, places, isOver }) =>
          isOver || places.size >= (publisher.published.get(conversation)?.length ?? 0),
      ),
    );
  await until(isComplete, SIZE.settleMs).catch(() => {});
  await sleep(1_000); // for what should not come

  const rows = [...desktops].map(([kind, ofKind]) => {
    const ledgers = ofKind.flatMap((desktop) => desktop.ledgers);
    return { kind, row: makeRow(FAULT, kind, publisher.published, ledgers) };
  });
  console.log(`\n${formatTable(rows.map(({ row }) => row))}\n`);
  for (const { kind, row } of rows) {
    assert.ok(row.published > 0);
    assert.is(row.lost, 0, `${kind}: lost`);
    assert.is(row.skipped, 0, `${kind}: skipped`);
    assert.match(row.told, /^0\//, `${kind}: told`);
    if (knowsItsPlace(kind)) assert.is(row.repeated, 0, `${kind}: repeated`);
  }
  // A relay gives up after SHUTDOWN_MAX_MS by itself; the machine may stand still meanwhile.
  for (const ms of await restarted)
    assert.ok(ms > 0 && ms < SHUTDOWN_MAX_MS + 20_000, `a relay ended ${ms} ms after SIGTERM`);
});

test.run();
