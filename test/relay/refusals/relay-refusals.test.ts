// What is refused because of the relay's own state, or because the agent changes, leaves one line and one count each.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys } from '../../../shared/keys.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { idOf } from '../admin/admin-requests.ts';
import { RefusalsFixture } from './refusals-fixture.ts';

const WAIT_MS = 30_000;
const RETRY_MS = 10;

const fixture = new RefusalsFixture(test, { limits: { session: { joinRetryMs: RETRY_MS } } });

/** A conversation that Redis cannot read, until what this resolves with is called. */
async function unreadable() {
  const conversation = uniqueConversation();
  const { meta } = conversationKeys(conversation);
  await fixture.redis.set(meta, 'not a hash');
  return { conversation, repair: () => fixture.redis.del(meta) };
}

test('a join that Redis does not answer is unavailable, with the error', async () => {
  const { conversation } = await unreadable();
  const token = fixture.signed('okta:ann');
  const desktop = await fixture.nativeDesktop({ token });
  const line = await fixture.refusedOnce('unavailable', () => desktop.join(conversation));
  assert.equal([line.severity, line.refused, line.conversation], ['WARNING', 'join', conversation]);
  assert.equal([line.sub, line.jti], ['okta:ann', idOf(token)]);
  assert.match(String((line.err as Error | undefined)?.message), 'WRONGTYPE');
});

test('a join that is tried again has a few lines, and each attempt counts', async () => {
  const { conversation, repair } = await unreadable();
  const from = fixture.address();
  const token = fixture.signed('okta:bob');
  const desktop = await fixture.desktop({ token, headers: { 'x-forwarded-for': from } });
  const before = await fixture.count('unavailable');
  const joined = desktop.join(conversation);
  await until(async () => (await fixture.count('unavailable')) - before > 5, WAIT_MS, 'it is tried again');
  await repair();
  assert.equal(await joined, [true, conversation]);
  const lines = fixture.lines(from);
  assert.ok(lines.length > 0 && lines.length <= 3, `${lines.length} lines`);
  for (const line of lines)
    assert.equal(
      [line.reason, line.refused, line.conversation, line.sub],
      ['unavailable', 'join', conversation, 'okta:bob'],
    );
});

test('a conversation that a new token does not open is access-withdrawn', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const desktop = await fixture.nativeDesktop({ token: fixture.signed('okta:cem') });
  await desktop.join(lost);
  const token = fixture.secret(fixture.token('okta:cem', { conversations: [kept] }));
  const line = await fixture.refusedOnce('access-withdrawn', () => desktop.send({ type: 'auth', token }));
  assert.equal(
    [line.refused, line.conversation, line.sub, line.jti],
    ['join', lost, 'okta:cem', idOf(token)],
  );
});

test('a page that comes back as another agent is pid-other-subject, with the new one', async () => {
  let token = fixture.signed('okta:dan');
  const page = fixture.openDesktop({
    auth: ((answer: (auth: object) => void) => answer({ token })) as never,
  });
  await page.connected();
  page.socket.disconnect();
  token = fixture.signed('okta:eve');
  const line = await fixture.refusedOnce('pid-other-subject', () => page.socket.connect());
  assert.equal([line.refused, line.sub, line.jti], ['resume', 'okta:eve', idOf(token)]);
});

test.run();
