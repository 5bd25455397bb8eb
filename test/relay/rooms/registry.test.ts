import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RegistryDeps, RoomRegistry } from '../../../relay/rooms/registry.ts';
import type { JoinAnswer, Member } from '../../../relay/rooms/room.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { createLogger } from '../../../shared/log.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { START } from '../../../shared/stream/position.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';

/** A world in which everything that the registry asks for is recorded. */
function makeWorld(overrides: Partial<RegistryDeps> = {}) {
  const calls: string[] = [];
  const page: LogPage = { top: { epoch: 'e', offset: 0, tag: '0' }, events: [], interims: 0, open: [] };
  const world = {
    calls,
    page,
    failReads: 0,
    reads: 0,
    registry: undefined as unknown as RoomRegistry,
  };
  world.registry = new RoomRegistry({
    eventLog: {
      read: async (_conversation, after) => {
        world.reads++;
        if (world.failReads > 0) {
          world.failReads--;
          throw new Error('no Redis');
        }
        return { ...page, events: page.events.filter((event) => event.position.offset > after) };
      },
    },
    subscriber: {
      subscribe: async (channel) => void calls.push(`subscribe ${channel}`),
      unsubscribe: async (channel) => void calls.push(`unsubscribe ${channel}`),
    },
    presence: {
      add: (conversation) => void calls.push(`present ${conversation}`),
      delete: (conversation) => void calls.push(`absent ${conversation}`),
    },
    logger: quietLogger,
    ...overrides,
  });
  return world;
}

function makeMember() {
  const delivered: number[] = [];
  const answers: JoinAnswer[] = [];
  const member: Member = {
    joined: (answer) => answers.push(answer),
    deliver: (message) => delivered.push(message.position.offset),
    reset: () => {},
  };
  return { member, delivered, answers };
}

const channelOf = (conversation: ShortName) => conversationKeys(conversation).channel;
const eventText = (offset: number, previous: string) =>
  `1e e ${offset} t${offset} ${previous} new-message-event ${offset}\n{"a":1}`;

test('the first member subscribes, the last one out unsubscribes a moment later', async () => {
  const { registry, calls } = makeWorld();
  const conversation = uniqueConversation();
  const memberships = [1, 2].map(() => registry.join(conversation, makeMember().member, START));
  await Promise.all(memberships.map((membership) => membership.ready));
  const subscribe = `subscribe ${channelOf(conversation)}`;
  assert.is(calls.filter((call) => call === subscribe).length, 1);
  assert.is(calls[0], subscribe, 'subscribed before anything else');
  for (const membership of memberships) membership.leave();
  assert.not.ok(calls.some((call) => call.startsWith('unsubscribe')));
  await until(() => calls.includes(`absent ${conversation}`));
  assert.ok(calls.includes(`unsubscribe ${channelOf(conversation)}`));
  registry.close();
});

test('a member that comes back in time keeps the subscription', async () => {
  const { registry, calls } = makeWorld();
  const conversation = uniqueConversation();
  const first = registry.join(conversation, makeMember().member, START);
  await first.ready;
  first.leave();
  const second = makeMember();
  await registry.join(conversation, second.member, START).ready;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.not.ok(calls.some((call) => call.startsWith('unsubscribe')));
  registry.receive(channelOf(conversation), eventText(1, '0'));
  assert.equal(second.delivered, [1]);
  registry.close();
});

test('a member that comes while the room is unsubscribing is subscribed again', async () => {
  const unsubscribed = Promise.withResolvers<void>();
  const calls: string[] = [];
  const { registry } = makeWorld({
    subscriber: {
      subscribe: async () => void calls.push('subscribe'),
      unsubscribe: async () => {
        calls.push('unsubscribe');
        await unsubscribed.promise;
      },
    },
  });
  const conversation = uniqueConversation();
  const first = registry.join(conversation, makeMember().member, START);
  await first.ready;
  first.leave();
  await until(() => calls.includes('unsubscribe'));
  const second = makeMember();
  const membership = registry.join(conversation, second.member, START);
  unsubscribed.resolve();
  await membership.ready;
  assert.equal(calls, ['subscribe', 'unsubscribe', 'subscribe']);
  registry.receive(channelOf(conversation), eventText(1, '0'));
  assert.equal(second.delivered, [1]);
  registry.close();
});

test('a member that leaves before it was let in is told nothing', async () => {
  const { registry } = makeWorld();
  const { member, answers } = makeMember();
  const membership = registry.join(uniqueConversation(), member, START);
  membership.leave();
  await membership.ready;
  assert.equal(answers, []);
  registry.close();
});

test('a join rejects when Redis does not confirm the subscription, and the next one works', async () => {
  let fails = true;
  const { registry } = makeWorld({
    subscriber: {
      subscribe: async () => {
        if (fails) throw new Error('no Redis');
      },
      unsubscribe: async () => {},
    },
  });
  const conversation = uniqueConversation();
  const refused = await registry
    .join(conversation, makeMember().member, START)
    .ready.catch((error: Error) => error);
  assert.instance(refused, Error);
  fails = false;
  const { member, answers } = makeMember();
  await registry.join(conversation, member, START).ready;
  assert.is(answers.length, 1);
  registry.close();
});

test('a join rejects when the log cannot be read', async () => {
  const world = makeWorld();
  world.failReads = 1;
  const { member, answers } = makeMember();
  const refused = await world.registry
    .join(uniqueConversation(), member, START)
    .ready.catch((error: Error) => error);
  assert.instance(refused, Error);
  assert.equal(answers, []);
  world.registry.close();
});

test('a repair goes on through failing reads until what was lost is there', async () => {
  const world = makeWorld();
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.registry.join(conversation, member, START).ready;
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
  await world.registry.repairAll();
  assert.equal(delivered, [1]);
  world.registry.close();
});

test('a quiet room that missed the last message finds it', async () => {
  const world = makeWorld({ idleCheckMs: 50 });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.registry.join(conversation, member, START).ready;
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
  world.registry.close();
});

test('a message that the room had already does not put off its comparison with the log', async () => {
  const world = makeWorld({ idleCheckMs: 50 });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  world.page.top = { epoch: 'e', offset: 1, tag: 't1' };
  await world.registry.join(conversation, member, world.page.top).ready;
  const busy = setInterval(() => world.registry.receive(channelOf(conversation), eventText(1, '0')), 5);
  const readsAfterJoin = world.reads;
  await until(() => world.reads >= readsAfterJoin + 2).finally(() => clearInterval(busy));
  assert.equal(delivered, []);
  world.registry.close();
});

test('a message that moves the room does put it off', async () => {
  const world = makeWorld({ idleCheckMs: 100 });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.registry.join(conversation, member, world.page.top).ready;
  const readsAfterJoin = world.reads;
  for (let offset = 1; offset <= 60; offset++) {
    world.registry.receive(channelOf(conversation), eventText(offset, offset === 1 ? '0' : `t${offset - 1}`));
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.is(delivered.length, 60);
  assert.is(world.reads, readsAfterJoin);
  world.registry.close();
});

test('an event of an unknown kind is passed over without a read, and a warning says so once', async () => {
  const warnings: unknown[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => warnings.push(JSON.parse(line)) });
  const world = makeWorld({ logger });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await world.registry.join(conversation, member, START).ready;
  const { reads } = world;
  const channel = channelOf(conversation);
  for (const text of [
    eventText(1, '0'),
    '1e e 2 t2 t1 no-kind 1\n{}',
    '1e e 3 t3 t2 no-kind 1\n{}',
    '1i e 3 t3 1 no-kind 1\n{}',
    '1i e 3 t3 2 new-recognition-result-notification-event 1\n{}',
    eventText(4, 't3'),
  ]) {
    world.registry.receive(channel, text);
  }
  assert.equal(delivered, [1, 3, 4]);
  assert.is(world.reads, reads);
  assert.is(warnings.length, 1);
  world.registry.close();
});

test('messages of another version, of nobody and of no room are ignored', async () => {
  const { registry } = makeWorld();
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await registry.join(conversation, member, START).ready;
  const channel = channelOf(conversation);
  for (const text of [
    '',
    'garbage',
    '2e e 1 t 0 new-message-event 1\n{}',
    '1x e 1 t 0 new-message-event 1\n{}',
  ]) {
    registry.receive(channel, text);
  }
  registry.receive('another channel', eventText(1, '0'));
  assert.equal(delivered, []);
  registry.receive(channel, eventText(1, '0'));
  assert.equal(delivered, [1]);
  registry.close();
});

test.run();
