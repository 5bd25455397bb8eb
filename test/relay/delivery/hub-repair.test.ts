// How a room that missed something finds it: at a repair, and by itself when it is quiet.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DELIVERY_LIMITS } from '../../../relay/delivery/limits.ts';
import { START } from '../../../shared/stream/position.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { channelOf, eventText, makeMember, makeWorld } from './hub-fixture.ts';

test('a repair goes on through failing reads until what was lost is there', async () => {
  const world = makeWorld();
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.hub.join(conversation, member, START).ready;
  world.page.top = { epoch: 'e', offset: 1, tag: 't1' };
  world.page.events = [
    {
      type: 'event',
      position: world.page.top,
      previousTag: '0',
      kind: 'new-message-event',
      messageId: '1',
      json: '{}',
    },
  ];
  world.failReads = 2;
  await world.hub.repair([channelOf(conversation)]);
  assert.equal(delivered, [1]);
  world.hub.close();
});

test('a quiet room that missed the last message finds it', async () => {
  const world = makeWorld({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 50 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.hub.join(conversation, member, START).ready;
  const readsAfterJoin = world.reads;
  await until(() => world.reads > readsAfterJoin);
  assert.equal(delivered, []);
  world.page.top = { epoch: 'e', offset: 1, tag: 't1' };
  world.page.events = [
    {
      type: 'event',
      position: world.page.top,
      previousTag: '0',
      kind: 'new-message-event',
      messageId: '1',
      json: '{}',
    },
  ];
  await until(() => delivered.length === 1);
  world.hub.close();
});

test('a message that the room had already does not put off its comparison with the log', async () => {
  const world = makeWorld({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 50 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  world.page.top = { epoch: 'e', offset: 1, tag: 't1' };
  await world.hub.join(conversation, member, world.page.top).ready;
  const busy = setInterval(() => world.hub.receive(channelOf(conversation), eventText(1, '0')), 5);
  const readsAfterJoin = world.reads;
  await until(() => world.reads >= readsAfterJoin + 2).finally(() => clearInterval(busy));
  assert.equal(delivered, []);
  world.hub.close();
});

test('a message that moves the room does put it off', async () => {
  const world = makeWorld({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 100 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.hub.join(conversation, member, world.page.top).ready;
  const readsAfterJoin = world.reads;
  for (let offset = 1; offset <= 60; offset++) {
    world.hub.receive(channelOf(conversation), eventText(offset, offset === 1 ? '0' : `t${offset - 1}`));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.is(delivered.length, 60);
  assert.is(world.reads, readsAfterJoin);
  world.hub.close();
});

test.run();
