// On a real Redis Cluster whose primaries have a replica each: what becomes of the channels of one that fails.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publish } from '../../../../../shared/redis.ts';
import { until } from '../../../../helpers/until.ts';
import { SubscriberFixture, someChannels } from '../subscriber-fixture.ts';

const RECOVERY_MS = 20_000;

const fixture = new SubscriberFixture(test, { replicas: 1 });

/** A primary fails: its channels are restored, and no others. */
async function assertRestored(
  primary: number,
  how: 'SIGKILL' | 'SIGSTOP',
  silenceMs?: number,
): Promise<void> {
  const { cluster, commands } = fixture;
  const { subscriber, restored, received } = fixture.subscribe(silenceMs === undefined ? {} : { silenceMs });
  const channels = someChannels(300);
  await Promise.all(channels.map((channel) => subscriber.subscribe(channel)));
  const failing = cluster.nodes[primary];
  assert.ok(failing);
  const owners = await Promise.all(channels.map(cluster.ownerOf));
  const lost = channels.filter((_channel, index) => owners[index] === failing);
  await cluster.fail(failing, how);
  await cluster.untilWhole();
  const restoredOnes = () => new Set(restored.flat());
  await until(() => restoredOnes().size === lost.length, RECOVERY_MS);
  assert.equal(restoredOnes(), new Set(lost));
  await Promise.all(channels.map((channel) => publish(commands, channel, 'heard')));
  await until(() => received.length === channels.length);
}

test('the channels of a primary that dies are restored on its replica', async () => {
  await assertRestored(0, 'SIGKILL');
});

test('a primary that hangs is noticed and its channels are restored', async () => {
  await assertRestored(1, 'SIGSTOP', 300);
});

test.run();
