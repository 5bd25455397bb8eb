// Connections cut at random, pub/sub connections killed, one relay shut down and one killed, duplicates from Pub/Sub:
// all at once, while four kinds of desktops watch. Set TEST_LONG for the whole size.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import { DESKTOP_KINDS, type FaultDesktop, knowsCursors, openDesktop } from './desktops.ts';
import { startFleet } from './fleet.ts';
import { formatTable, makeRow } from './ledger.ts';
import { MessagePublisher } from './publishing.ts';

const SIZE = process.env.TEST_LONG
  ? { events: 6_000, conversations: 40, desktopsOfAKind: 5, eventsPerSecond: 80, joins: 8, settleMs: 120_000 }
  : { events: 800, conversations: 12, desktopsOfAKind: 3, eventsPerSecond: 40, joins: 4, settleMs: 60_000 };
const PUBSUB_KILLS = 20;
/** Every so many events one connection of a desktop is cut. */
const CUT_EVERY = 8;

const fixture = redisFixture(test);

test('nothing is lost, and nothing is repeated to whoever knows cursors', async () => {
  const fleet = await startFleet(fixture, fixture.server.port);
  const conversations = Array.from({ length: SIZE.conversations }, () => uniqueConversation());
  const desktops = new Map<string, FaultDesktop[]>();
  for (const [index, kind] of DESKTOP_KINDS.entries()) {
    desktops.set(
      kind,
      Array.from({ length: SIZE.desktopsOfAKind }, (_, number) => {
        const token = fleet.tokens.issue(`test:${kind}:${number}`, '').token;
        const first = (index * SIZE.desktopsOfAKind + number) * 3;
        const watched = Array.from(
          { length: SIZE.joins },
          (_, offset) => conversations[(first + offset) % conversations.length] ?? uniqueConversation(),
        );
        return fixture.keep(openDesktop(kind, fleet.door.port, token, watched));
      }),
    );
  }
  const all = [...desktops.values()].flat();
  await until(() => all.every((desktop) => desktop.isSettled()), 20_000);

  const [draining, crashing] = fleet.relays;
  const drainTimes: number[] = [];
  const faults = new Map<number, () => Promise<unknown>>();
  const at = (share: number) => Math.floor(SIZE.events * share);
  faults.set(at(0.3), async () => {
    drainTimes.push((await draining?.end('SIGTERM')) ?? 0);
    await draining?.start();
  });
  faults.set(at(0.6), async () => {
    await crashing?.end('SIGKILL');
    await sleep(500);
    await crashing?.start();
  });

  const publisher = new MessagePublisher(fleet.functionUrls);
  const pending: Promise<unknown>[] = [];
  for (let event = 0; event < SIZE.events; event++) {
    const conversation = conversations[event % conversations.length] ?? uniqueConversation();
    pending.push(publisher.publish(conversation, event % 5 === 0 ? 2 : 1));
    const fault = faults.get(event);
    if (fault) pending.push(fault());
    if (event % CUT_EVERY === 0) fleet.door.cutOne();
    if (event % Math.floor(SIZE.events / PUBSUB_KILLS) === 5) {
      pending.push(fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub').catch(() => {}));
    }
    await sleep(1_000 / SIZE.eventsPerSecond);
  }
  await Promise.all(pending);
  const isComplete = () =>
    all.every(({ ledgers }) =>
      ledgers.every(
        ({ conversation, ids }) => new Set(ids).size >= (publisher.published.get(conversation)?.length ?? 0),
      ),
    );
  await until(isComplete, SIZE.settleMs).catch(() => {});
  await sleep(1_000); // for what should not come

  const rows = DESKTOP_KINDS.map((kind) =>
    makeRow(
      'cuts, pub/sub kills, SIGTERM, SIGKILL, duplicates',
      kind,
      publisher.published,
      (desktops.get(kind) ?? []).flatMap(({ ledgers }) => ledgers),
    ),
  );
  console.log(`\n${formatTable(rows)}\n`);
  for (const [index, row] of rows.entries()) {
    const kind = DESKTOP_KINDS[index] ?? 'cursor join';
    assert.ok(row.published > 0);
    assert.is(row.lost, 0, kind);
    assert.match(row.told, /^0\//, kind);
    if (knowsCursors(kind)) assert.is(row.repeated, 0, kind);
  }
  for (const kind of DESKTOP_KINDS.filter(knowsCursors)) {
    for (const { ledgers } of desktops.get(kind) ?? []) {
      for (const { ids } of ledgers) assert.is(new Set(ids).size, ids.length);
    }
  }
  assert.ok(
    drainTimes.every((ms) => ms > 0 && ms < 8_000),
    `the relay ended ${drainTimes} ms after SIGTERM`,
  );
});

test.run();
