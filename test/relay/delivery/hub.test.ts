import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DELIVERY_LIMITS } from '../../../relay/delivery/limits.ts';
import { createLogger } from '../../../shared/log.ts';
import { START } from '../../../shared/stream/position.ts';
import { UNKNOWN_KIND } from '../../../shared/stream/protocol.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { addFirstEvent, channelOf, eventText, HubFixture, makeMember } from './hub-fixture.ts';

const fixture = new HubFixture(test);

test('the first member subscribes, the last one out unsubscribes a moment later', async () => {
  const { hub, calls } = fixture.makeHub();
  const conversation = uniqueConversation();
  const memberships = [1, 2].map(() => hub.join(conversation, makeMember().member, START));
  await Promise.all(memberships.map((membership) => membership.ready));
  const subscribe = `subscribe ${channelOf(conversation)}`;
  assert.is(calls.filter((call) => call === subscribe).length, 1);
  assert.is(calls[0], subscribe, 'subscribed before anything else');
  for (const membership of memberships) membership.leave();
  assert.not.ok(calls.some((call) => call.startsWith('unsubscribe')));
  await until(() => calls.includes(`absent ${conversation}`));
  assert.ok(calls.includes(`unsubscribe ${channelOf(conversation)}`));
});

test('a member that comes back in time keeps the subscription', async () => {
  const { hub, calls } = fixture.makeHub();
  const conversation = uniqueConversation();
  const first = hub.join(conversation, makeMember().member, START);
  await first.ready;
  first.leave();
  const second = makeMember();
  await hub.join(conversation, second.member, START).ready;
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.not.ok(calls.some((call) => call.startsWith('unsubscribe')));
  hub.receive(channelOf(conversation), eventText(1, '0'));
  assert.equal(second.delivered, [1]);
});

test('a member that comes while the room is unsubscribing is subscribed again', async () => {
  const unsubscribed = Promise.withResolvers<void>();
  const calls: string[] = [];
  const { hub } = fixture.makeHub({
    subscriber: {
      subscribe: async () => void calls.push('subscribe'),
      unsubscribe: async () => {
        calls.push('unsubscribe');
        await unsubscribed.promise;
      },
    },
  });
  const conversation = uniqueConversation();
  const first = hub.join(conversation, makeMember().member, START);
  await first.ready;
  first.leave();
  await until(() => calls.includes('unsubscribe'));
  const second = makeMember();
  const membership = hub.join(conversation, second.member, START);
  unsubscribed.resolve();
  await membership.ready;
  assert.equal(calls, ['subscribe', 'unsubscribe', 'subscribe']);
  hub.receive(channelOf(conversation), eventText(1, '0'));
  assert.equal(second.delivered, [1]);
});

test('a room that is to be closed while a repair waits is closed after the repair', async () => {
  const blocked = Promise.withResolvers<void>();
  let isBlocked = false;
  const { hub, calls, page } = fixture.makeHub({
    limits: { ...DELIVERY_LIMITS, lingerMs: 1 },
    eventLog: {
      read: async () => {
        if (isBlocked) await blocked.promise;
        return page;
      },
    },
  });
  const conversation = uniqueConversation();
  const membership = hub.join(conversation, makeMember().member, START);
  await membership.ready;
  isBlocked = true;
  const repairs = [hub.repair([channelOf(conversation)])];
  await sleep(5);
  membership.leave();
  await sleep(20); // until the close waits for its turn
  repairs.push(hub.repair([channelOf(conversation)]));
  blocked.resolve();
  await Promise.all(repairs);
  await until(() => calls.includes(`absent ${conversation}`));
});

test('a member that leaves before it was let in is told nothing', async () => {
  const { hub } = fixture.makeHub();
  const { member, answers } = makeMember();
  const membership = hub.join(uniqueConversation(), member, START);
  membership.leave();
  await membership.ready;
  assert.equal(answers, []);
});

test('a join rejects if Redis does not confirm the subscription; the next works', async () => {
  let fails = true;
  const { hub } = fixture.makeHub({
    subscriber: {
      subscribe: async () => {
        if (fails) throw new Error('no Redis');
      },
      unsubscribe: async () => {},
    },
  });
  const conversation = uniqueConversation();
  const refused = await hub
    .join(conversation, makeMember().member, START)
    .ready.catch((error: Error) => error);
  assert.instance(refused, Error);
  fails = false;
  const { member, answers } = makeMember();
  await hub.join(conversation, member, START).ready;
  assert.is(answers.length, 1);
});

test('a join rejects when the log cannot be read', async () => {
  const made = fixture.makeHub();
  made.failReads = 1;
  const { member, answers } = makeMember();
  const refused = await made.hub
    .join(uniqueConversation(), member, START)
    .ready.catch((error: Error) => error);
  assert.instance(refused, Error);
  assert.equal(answers, []);
});

test('an event of an unknown kind is skipped without a read and logged once', async () => {
  const warnings: unknown[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => warnings.push(JSON.parse(line)) });
  const made = fixture.makeHub({ logger });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await made.hub.join(conversation, member, START).ready;
  const { reads } = made;
  const channel = channelOf(conversation);
  for (const text of [
    eventText(1, '0'),
    '1e e 2 t2 t1 no-kind 1\n{}',
    '1e e 3 t3 t2 no-kind 1\n{}',
    '1i e 3 t3 1 no-kind 1\n{}',
    '1i e 3 t3 2 new-recognition-result-notification-event 1\n{}',
    eventText(4, 't3'),
  ]) {
    made.hub.receive(channel, text);
  }
  assert.equal(delivered, [1, 3, 4]);
  assert.is(made.reads, reads);
  assert.is(warnings.length, 1);
});

test('an event of an unknown kind in the log is not delivered, and a warning says so', async () => {
  const warnings: unknown[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => warnings.push(JSON.parse(line)) });
  const { hub, page } = fixture.makeHub({ logger });
  addFirstEvent(page);
  page.events = page.events.map((event) => ({ ...event, kind: UNKNOWN_KIND, messageId: '', json: '' }));
  const { member, delivered } = makeMember();
  await hub.join(uniqueConversation(), member, START).ready;
  assert.equal(delivered, []);
  assert.is(warnings.length, 1);
});

test('unknown kinds are logged at most once a minute, counted from the start', async () => {
  const lines: { conversation: string; count: number }[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => lines.push(JSON.parse(line)) });
  const realNow = Date.now;
  let now = realNow();
  Date.now = () => now;
  try {
    const { hub } = fixture.makeHub({ logger });
    const conversation = uniqueConversation();
    await hub.join(conversation, makeMember().member, START).ready;
    for (const [index, pauseMs] of [0, 0, 59_999, 1, 0, 60_000].entries()) {
      now += pauseMs;
      const offset = index + 1;
      const text = `1e e ${offset} t${offset} ${index === 0 ? '0' : `t${index}`} no-kind ${offset}\n{}`;
      hub.receive(channelOf(conversation), text);
    }
    assert.equal(
      lines.map((line) => [line.conversation, line.count]),
      [
        [conversation, 1],
        [conversation, 4],
        [conversation, 6],
      ],
    );
  } finally {
    Date.now = realNow;
  }
});

test('messages of another version, of nobody and of no room are ignored', async () => {
  const { hub } = fixture.makeHub();
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await hub.join(conversation, member, START).ready;
  const channel = channelOf(conversation);
  for (const text of [
    '',
    'garbage',
    '2e e 1 t 0 new-message-event 1\n{}',
    '1x e 1 t 0 new-message-event 1\n{}',
  ]) {
    hub.receive(channel, text);
  }
  hub.receive('another channel', eventText(1, '0'));
  assert.equal(delivered, []);
  hub.receive(channel, eventText(1, '0'));
  assert.equal(delivered, [1]);
});

test.run();
