// What desktops of Socket.IO notice when the log of a conversation that they have joined is lost.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

/** The codes that the relay closes the WebSocket of a desktop with, from now on. */
function closeCodes(desktop: TestDesktop): unknown[] {
  const codes: unknown[] = [];
  desktop.socket.on('disconnect', (_reason, details) => {
    codes.push(details && 'context' in details && (details.context as { code?: number }).code);
  });
  return codes;
}

/** Removes the log, and publishes an event that starts a new one. */
async function loseLog(conversation: ShortName, messageId: string): Promise<void> {
  await fixture.redis.del(await fixture.redis.keys(`*${conversation}}*`));
  await fixture.publish(conversation, { messageId });
}

test('a desktop with a cursor is closed with 4006 when the log is lost, and told so', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.desktop();
  const codes = closeCodes(desktop);
  await desktop.join({ conversation, after: '0' });
  const [event] = await desktop.received(1);

  await loseLog(conversation, '2');
  await until(() => codes.length > 0);
  assert.equal(codes, [CLOSE.reset.code]);
  await desktop.connected();
  const [, , answer] = await desktop.join({ conversation, after: event?.cursor });
  assert.is((answer as { recovered: boolean }).recovered, false);
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
});

test('a desktop that joined by name stays connected when the log is lost', async () => {
  const conversation = uniqueConversation();
  await fixture.publish(conversation, { messageId: '1' });
  const desktop = await fixture.desktop();
  const codes = closeCodes(desktop);
  await desktop.join(conversation);
  await desktop.received(1);

  await loseLog(conversation, '2');
  await desktop.received(2);
  assert.equal(desktop.messageIds(), ['1', '2']);
  assert.equal(codes, []);
});

test.run();
