// What a token may still do on Socket.IO once it has expired, and where it ends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Claims } from '../../../relay/identity/claims.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { CallFixture, connecting, MINUTE } from './call-fixture.ts';

const REFUSED = 'authentication failed';
const fixture = new CallFixture(test);

test('an open socket with an expired token keeps its joins and makes no new one', async () => {
  const relay = await fixture.startRelay();
  const [joined, other] = [uniqueConversation(), uniqueConversation()];
  const token = relay.tokens.issue('test:agent', '').token;
  const page = await fixture.page(joined, { relay, token });
  fixture.clock += 61 * MINUTE;
  const refusal = [false, 'the token has expired: register again to join another'];
  assert.equal(await page.join(other), refusal);
  assert.equal(await page.join({ conversation: other }), refusal);
  await fixture.publish(other, { messageId: 'not for it' });
  await fixture.publish(joined, { messageId: '1' });
  await page.received(1);
  assert.equal(page.messageIds(), ['1']);
  const answer = await fetch(`${relay.url}/conversation-name?conversationIntegrationKey=k`, {
    headers: { authorization: token },
  });
  assert.equal([answer.status, await answer.json()], [401, { message: 'Your token has expired.' }]);
});

test('an expired token that has joined nothing opens no connection', async () => {
  const relay = await fixture.startRelay();
  const token = relay.tokens.issue('test:agent', '').token;
  fixture.clock += 61 * MINUTE;
  assert.is(await connecting(relay.url, token), REFUSED);
});

test('an expired token whose call is finished opens no connection', async () => {
  const relay = await fixture.startRelay();
  const conversation = uniqueConversation();
  const token = relay.tokens.issue('test:agent', '').token;
  (await fixture.page(conversation, { relay, token })).close();
  await fixture.finish(conversation);
  fixture.clock += 59 * MINUTE;
  assert.is(await connecting(relay.url, token), 'connected', 'it has not expired');
  fixture.clock += 2 * MINUTE;
  assert.is(await connecting(relay.url, token), REFUSED);
});

test('a join with an expired token after the last call tells to register again', async () => {
  const relay = await fixture.startRelay();
  const [last, next] = [uniqueConversation(), uniqueConversation()];
  const page = await fixture.page(last, { relay, token: relay.tokens.issue('test:agent', '').token });
  const errors: string[] = [];
  page.socket.on('connect_error', (error) => errors.push(error.message));
  await fixture.finish(last);
  fixture.clock += 61 * MINUTE;
  assert.equal(await page.join(next), [false, 'the token has expired: register again to join another']);
  await until(() => errors.length > 0);
  assert.equal(errors, [REFUSED]);
});

test('after SESSION_MAX_SECONDS, or 0 after its expiry, a token connects nothing', async () => {
  const [relay, strict] = [
    await fixture.startRelay(),
    await fixture.startRelay({ settings: { SESSION_MAX_SECONDS: '0' } }),
  ];
  const token = relay.tokens.issue('test:agent', '').token;
  (await fixture.page(uniqueConversation(), { relay, token })).close();
  fixture.clock += 61 * MINUTE;
  assert.is(await connecting(strict.url, token), REFUSED);
  assert.is(await connecting(relay.url, token), 'connected');
  fixture.clock += 11 * 60 * MINUTE;
  assert.is(await connecting(relay.url, token), REFUSED);
});

test('a connection ends with its session', async () => {
  const relay = await fixture.startRelay();
  const { token } = relay.tokens.issue('test:agent', '');
  const conversation = uniqueConversation();
  (await fixture.page(conversation, { relay, token })).close();
  // The relay's clock stands still a second before the session ends, and the connection ends by a timer of that second.
  const { issuedAt = 0 } = claimsOf(relay, token);
  fixture.clock = (issuedAt + 12 * 3_600 - 1) * 1_000;
  const page = await fixture.page(conversation, { relay, token });
  page.socket.io.reconnection(false);
  assert.equal(page.answers[0], [true, conversation], 'the token has expired, the session has not ended');
  await until(() => !page.socket.connected);
});

/** What a token says that has not expired. */
function claimsOf({ tokens }: TestRelay, token: string): Claims {
  const verdict = tokens.verify(token);
  if (!verdict.valid) throw new Error(verdict.fault);
  return verdict.claims;
}

test.run();
