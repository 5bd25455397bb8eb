// How a room that missed something finds it: at a repair, and by itself when it is quiet.
import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DELIVERY_LIMITS } from '../../../relay/delivery/limits.ts';
import { createLogger } from '../../../shared/log.ts';
import { START } from '../../../shared/stream/position.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { addFirstEvent, channelOf, eventText, HubFixture, makeMember } from './hub-fixture.ts';

const fixture = new HubFixture(test);

test('a repair goes on through failing reads until what was lost is there', async () => {
  const made = fixture.makeHub();
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await made.hub.join(conversation, member, START).ready;
  addFirstEvent(made.page);
  made.failReads = 2;
  await made.hub.repair([channelOf(conversation)]);
  assert.equal(delivered, [1]);
});

test('a quiet room that missed the last message finds it', async () => {
  const made = fixture.makeHub({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 50 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await made.hub.join(conversation, member, START).ready;
  const readsAfterJoin = made.reads;
  await until(() => made.reads > readsAfterJoin);
  assert.equal(delivered, []);
  addFirstEvent(made.page);
  await until(() => delivered.length === 1);
});

test('a conversation without events is logged once, after the first quiet check', async () => {
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => lines.push(line) });
  const made = fixture.makeHub({ logger, limits: { ...DELIVERY_LIMITS, idleCheckMs: 20 } });
  const [silent, known] = [uniqueConversation(), uniqueConversation()];
  made.page.top = START;
  const { member } = makeMember();
  const membership = made.hub.join(silent, member, START);
  await membership.ready;
  assert.equal(lines, []);
  const readsBefore = made.reads;
  await until(() => made.reads > readsBefore + 3);
  assert.is(lines.length, 1);
  assert.match(lines[0] ?? '', /"severity":"INFO".*joined, but the log has no event of the conversation/);
  assert.match(lines[0] ?? '', silent);

  membership.leave();
  made.page.top = { epoch: 'e', offset: 0, tag: '0' };
  await made.hub.join(known, makeMember().member, 'live').ready;
  const readsOfKnown = made.reads;
  await until(() => made.reads > readsOfKnown + 3);
  assert.is(lines.length, 1);
});

test('a message that the room had already does not put off its comparison with the log', async () => {
  const made = fixture.makeHub({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 50 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  made.page.top = { epoch: 'e', offset: 1, tag: 't1' };
  await made.hub.join(conversation, member, made.page.top).ready;
  const busy = setInterval(() => made.hub.receive(channelOf(conversation), eventText(1, '0')), 5);
  const readsAfterJoin = made.reads;
  await until(() => made.reads >= readsAfterJoin + 2).finally(() => clearInterval(busy));
  assert.equal(delivered, []);
});

test('a message that moves the room does put it off', async () => {
  mock.timers.enable({ apis: ['setInterval'] });
  const made = fixture.makeHub({ limits: { ...DELIVERY_LIMITS, idleCheckMs: 100 } });
  const conversation = uniqueConversation();
  const { member, delivered } = makeMember();
  await made.hub.join(conversation, member, made.page.top).ready;
  const readsAfterJoin = made.reads;
  for (let offset = 1; offset <= 60; offset++) {
    made.hub.receive(channelOf(conversation), eventText(offset, offset === 1 ? '0' : `t${offset - 1}`));
    mock.timers.tick(5);
  }
  assert.is(delivered.length, 60);
  assert.is(made.reads, readsAfterJoin);
  mock.timers.tick(200);
  assert.ok(made.reads > readsAfterJoin, 'a quiet room is compared');
  mock.timers.reset();
});

test.run();
