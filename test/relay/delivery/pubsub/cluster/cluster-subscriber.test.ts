// On a real Redis Cluster of three primaries: what a channel's subscription survives while slots move.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AgentAssistEvent } from '../../../../../shared/event.ts';
import { keySlot } from '../../../../../shared/key-slot.ts';
import { conversationKeys } from '../../../../../shared/keys.ts';
import { publish } from '../../../../../shared/redis.ts';
import { createEventLog } from '../../../../../shared/stream/event-log.ts';
import type { Position } from '../../../../../shared/stream/position.ts';
import { parseChannelMessage } from '../../../../../shared/stream/protocol.ts';
import { tolerateStalls } from '../../../../helpers/patient-cluster.ts';
import { uniqueConversation } from '../../../../helpers/redis.ts';
import type { ClusterNode } from '../../../../helpers/redis-cluster-nodes.ts';
import { undisturbed } from '../../../../helpers/undisturbed.ts';
import { until } from '../../../../helpers/until.ts';
import { makeEvent } from '../../../../shared/stream/make-event.ts';
import { SubscriberFixture, someChannels } from '../subscriber-fixture.ts';

const fixture = new SubscriberFixture(test);
test.before(async () => void (await tolerateStalls(fixture.cluster)));

const anotherThan = (owner: ClusterNode) => fixture.cluster.nodes.find((node) => node !== owner) ?? owner;

test('a slot is computed as Redis computes it', async () => {
  const keys = ['', 'a', '{a}b', 'x{a}', '{}a', '{}{a}', 'x{{a}}', '}{a}', 'ä{ö}', ...someChannels(50)];
  assert.equal(keys.map(keySlot), await Promise.all(keys.map(fixture.cluster.slotOf)));
});

test('channels of all nodes are heard from subscribe until unsubscribe', async () => {
  const { subscriber, received } = fixture.subscribe();
  const channels = someChannels(30);
  await Promise.all(channels.map((channel) => subscriber.subscribe(channel)));
  const counts = await Promise.all(
    channels.map((channel) => publish(fixture.commands, channel, `to ${channel}`)),
  );
  assert.equal(new Set(counts), new Set([1]));
  await until(() => received.length === channels.length);
  assert.ok(received.every(({ channel, message }) => message === `to ${channel}`));
  await Promise.all(channels.map((channel) => subscriber.unsubscribe(channel)));
  assert.is(await publish(fixture.commands, channels[0] ?? '', 'late'), 0);
});

test('a slot that moves under load loses nothing, and is restored once a move', async () => {
  const MOVES = 6;
  const conversation = uniqueConversation();
  const { channel } = conversationKeys(conversation);
  const log = createEventLog(fixture.commands, { historySize: 10_000, historyTtlSeconds: 600 });
  const offsets = new Set<number>();
  const note = ({ position }: { position: Position }) => void offsets.add(position.offset);
  const { subscriber, restored } = fixture.subscribe({
    onMessage: (_channel, text) => {
      const message = parseChannelMessage(text);
      if (message) note(message);
    },
    onRestored: async () => {
      let top = 0;
      while (offsets.has(top + 1)) top++;
      for (const event of (await log.read(conversation, top, 1_000)).events) note(event);
    },
  });
  await subscriber.subscribe(channel);

  const appends: Promise<unknown>[] = [];
  /** Appends as a function does, until Redis has taken the event. */
  const append = (event: AgentAssistEvent) =>
    until(() =>
      log.append(event).then(
        () => true,
        () => false,
      ),
    );
  const load = setInterval(() => appends.push(append(makeEvent(conversation))), 5);
  fixture.defer(() => clearInterval(load));
  for (let move = 1; move <= MOVES; move++) {
    await sleep(150);
    await fixture.cluster.moveSlot(keySlot(channel), anotherThan(await fixture.cluster.ownerOf(channel)));
    await until(() => restored.length === move);
  }
  await sleep(150);
  clearInterval(load);
  await Promise.all(appends);
  await until(() => offsets.size === appends.length);
  await sleep(100); // for a restoration too many
  assert.equal(restored, Array(MOVES).fill([channel]));
});

test('of the channels of a node only those of the slot that moved are restored', async () => {
  const { subscriber, restored, received } = fixture.subscribe();
  const channels = someChannels(20);
  await Promise.all(channels.map((channel) => subscriber.subscribe(channel)));
  const [moved = ''] = channels;
  await fixture.cluster.moveSlot(keySlot(moved), anotherThan(await fixture.cluster.ownerOf(moved)));
  await until(() => restored.length > 0);
  await Promise.all(channels.map((channel) => publish(fixture.commands, channel, 'after')));
  await until(() => received.length === channels.length);
  assert.equal(restored, [[moved]]);
});

test('a slot that moves away and back is restored, too', async () => {
  const { subscriber, restored, received } = fixture.subscribe();
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  const home = await fixture.cluster.ownerOf(channel);
  await fixture.cluster.moveSlot(keySlot(channel), anotherThan(home));
  await fixture.cluster.moveSlot(keySlot(channel), home);
  await until(async () => (await publish(fixture.commands, channel, 'back')) === 1);
  await until(() => received.length > 0);
  assert.ok(restored.length > 0);
});

test('a channel that is unsubscribed while its slot moves is not subscribed again', async () => {
  const { subscriber } = fixture.subscribe();
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  const moving = fixture.cluster.moveSlot(
    keySlot(channel),
    anotherThan(await fixture.cluster.ownerOf(channel)),
  );
  await subscriber.unsubscribe(channel).catch(() => {}); // where the slot has just gone it may be refused
  await moving;
  await sleep(300);
  assert.is(await publish(fixture.commands, channel, 'nobody'), 0);
});

test('a quiet cluster is left alone, and a connection without channels is closed', () =>
  undisturbed(async () => {
    const { subscriber, restored, received, connections } = fixture.subscribe({ silenceMs: 200 });
    const [first = '', ...others] = someChannels(20);
    await Promise.all([first, ...others].map((channel) => subscriber.subscribe(channel)));
    assert.is(connections(), 3);
    await sleep(1_000);
    assert.equal([connections(), restored], [3, []]);
    await Promise.all(others.map((channel) => subscriber.unsubscribe(channel)));
    await sleep(1_000);
    await subscriber.subscribe(others[0] ?? '');
    await publish(fixture.commands, first, 'still there');
    await until(() => received.length === 1);
    await Promise.all(others.map((channel) => subscriber.subscribe(channel)));
    assert.ok(connections() > 3);
    assert.equal(restored, []);
  }));

test.run();
