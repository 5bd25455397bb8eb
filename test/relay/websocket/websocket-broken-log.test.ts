// What desktops of the native protocol are told when a conversation's log was lost, is trimmed, or cannot be read.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

test('a cursor of a lost or trimmed log is not recovered and gets what there is', async () => {
  const conversation = uniqueConversation();
  // Another client, because a log's settings belong to the client that it is made with.
  const small = createEventLog(fixture.client(), { ...HISTORY, historySize: 2 });
  const { position } = await small.append(makeEvent(conversation, { messageId: '1' }));
  for (const messageId of ['2', '3', '4']) await small.append(makeEvent(conversation, { messageId }));
  for (const after of ['lost.7.tag', `${position.epoch}.1.${position.tag}`]) {
    const desktop = await fixture.nativeDesktop();
    const answer = await desktop.join(conversation, after);
    assert.ok(answer.type === 'joined');
    assert.is(answer.recovered, false);
    await desktop.received(2);
    assert.equal(desktop.messageIds(), ['3', '4']);
  }
});

test('a log lost under a live desktop is told by reset, and delivery goes on', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await fixture.publish(conversation, { messageId: '1' });
  await desktop.join(conversation, '0');
  await desktop.received(1);
  await fixture.redis.del(await fixture.redis.keys(`*${conversation}}*`));
  await fixture.publish(conversation, { messageId: '2' });
  await desktop.received(2);
  const types = desktop.frames.slice(2).map((frame) => frame.type);
  assert.equal(types, ['event', 'reset', 'event']);
  const [reset] = desktop.of('reset');
  assert.is(reset?.conversation, conversation);

  const next = await fixture.nativeDesktop();
  const answer = await next.join(conversation, reset?.cursor);
  assert.ok(answer.type === 'joined' && answer.recovered);
  await next.received(1);
  assert.equal(next.messageIds(), ['2']);
});

test('a conversation whose log is unreadable is unavailable, others go on', async () => {
  const conversation = uniqueConversation();
  await fixture.redis.set(`aar1:{${conversation}}:meta`, 'not a hash');
  const desktop = await fixture.nativeDesktop();
  const answer = await desktop.join(conversation);
  assert.ok(answer.type === 'error');
  assert.is(answer.code, 'unavailable');
  assert.is((await desktop.join(uniqueConversation())).type, 'joined');
});

test.run();
