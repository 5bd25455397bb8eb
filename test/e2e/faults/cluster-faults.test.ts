// What becomes of the events when slots of a Redis Cluster move, and when one of its primaries dies.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys } from '../../../shared/keys.ts';
import type { TestCluster } from '../../helpers/redis-cluster.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type FaultRow, formatTable } from './ledger.ts';
import { assertSurvived, type Scene, survive } from './survive.ts';

const SIZE = process.env.TEST_LONG ? { moves: 20, eventsAMove: 30 } : { moves: 6, eventsAMove: 15 };
const rows: FaultRow[] = [];

const fixture = redisFixture(test, { server: false });
let cluster: TestCluster;
let fleet: Fleet;

test.before(async () => {
  cluster = await fixture.startCluster({ replicas: 1 });
  fleet = await startFleet(fixture, cluster.redisConfig.redisPort, 2, cluster.env);
});
test.after(() => console.log(`\n${formatTable(rows)}\n`));

async function assertHarmless(fault: string, act: (scene: Scene) => Promise<void>): Promise<void> {
  const made = await survive(fleet, fault, act);
  rows.push(...made.values());
  assertSurvived(made);
}

test('the slot of a conversation moves again and again under load', async () => {
  await assertHarmless('slot of a cluster moved under load', async ({ conversation, publish }) => {
    const { channel } = conversationKeys(conversation);
    const slot = await cluster.slotOf(channel);
    for (let move = 0; move < SIZE.moves; move++) {
      const writers = [1, 2, 3].map(() => publish(SIZE.eventsAMove / 3));
      const owner = await cluster.ownerOf(channel);
      const next = cluster.nodes[(cluster.nodes.indexOf(owner) + 1) % cluster.nodes.length];
      await cluster.moveSlot(slot, next ?? owner);
      await Promise.all(writers);
    }
  });
});

test('the primary of a conversation is killed, and its replica takes over', async () => {
  await assertHarmless('primary of a cluster killed', async ({ conversation, publish }) => {
    await publish(10);
    const { meta } = conversationKeys(conversation);
    const primary = await cluster.ownerOf(meta);
    // WAIT speaks of what its own connection wrote.
    await primary.redis.set(`${meta}:barrier`, '', 'EX', 60);
    assert.is(await primary.redis.wait(1, 20_000), 1, 'the replica is in step');
    await cluster.fail(primary, 'SIGKILL');
    const publishing = publish(5);
    await sleep(500);
    await cluster.untilWhole();
    await publishing;
    await publish(10);
  });
});

test.run();
