import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCK_MAX_SECONDS } from '../../../relay/access/limits.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { ADMIN_TOKEN, adminToken, asAdmin } from './admin-requests.ts';
import '../../helpers/patient-connect.ts';

const fixture = relayFixture(test, { adminToken });

test('without an admin token there is nothing under /admin', async () => {
  const plain = await fixture.startRelay();
  for (const action of ['revoke', 'erase', 'trace'] as const) {
    assert.is((await asAdmin(plain, action, { jti: 'x' })).status, 404);
  }
});

for (const [what, authorization] of [
  ['no token', ''],
  ['another token', 'Bearer another token, as long as the one that is right'],
  ['the beginning of the token', `Bearer ${ADMIN_TOKEN.slice(0, -1)}`],
  ['more than the token', `Bearer ${ADMIN_TOKEN}x`],
] as const) {
  test(`with ${what} an administrator is refused, and it is audited`, async () => {
    for (const action of ['revoke', 'erase', 'trace'] as const) {
      const answer = await asAdmin(
        fixture.relay,
        action,
        { conversation: uniqueConversation() },
        authorization,
      );
      assert.is(answer.status, 401);
      assert.equal(await answer.json(), { message: 'The admin token is missing or wrong.' });
    }
    assert.match(fixture.relay.log(), '"refused":"admin"');
  });
}

test("an agent's token is not an administrator's, nor the other way round", async () => {
  assert.is(
    (await asAdmin(fixture.relay, 'revoke', { jti: 'x' }, `Bearer ${fixture.relay.token}`)).status,
    401,
  );
  const answer = await fetch(`${fixture.relay.url}/conversation-name?conversationIntegrationKey=1`, {
    headers: { authorization: ADMIN_TOKEN },
  });
  assert.is(answer.status, 401);
});

const BAD_REVOCATIONS = [
  {},
  [],
  null,
  'jti',
  { jti: '' },
  { jti: 1 },
  { jti: 'a', sub: 'b' },
  { jti: 'a', more: 1 },
  { jti: 'a', blockSeconds: 60 },
  { sub: 'a', blockSeconds: -1 },
  { sub: 'a', blockSeconds: 0.5 },
  { sub: 'a', blockSeconds: '60' },
  { sub: 'a', blockSeconds: BLOCK_MAX_SECONDS + 1 },
  { conversation: 'projects/other/conversations/c' },
  { conversation: `projects/${TEST_PROJECT}` },
];

test('a body that does not say what to revoke is refused with 400', async () => {
  for (const body of BAD_REVOCATIONS) {
    assert.is((await asAdmin(fixture.relay, 'revoke', body)).status, 400, JSON.stringify(body));
    assert.is((await asAdmin(fixture.relay, 'erase', body)).status, 400, JSON.stringify(body));
  }
});

test('other methods are refused with 405, without a token', async () => {
  const answer = await fetch(`${fixture.relay.url}/admin/revoke`);
  assert.is(answer.status, 405);
  assert.is(answer.headers.get('allow'), 'POST, OPTIONS');
});

test('a revocation is answered with its end, and audited with whom it hit', async () => {
  const answer = await asAdmin(fixture.relay, 'revoke', { sub: 'okta:ann' });
  assert.is(answer.status, 200);
  const { until } = (await answer.json()) as { until: string };
  const hours = (Date.parse(until) - Date.now()) / 3_600_000;
  assert.ok(hours > 12 && hours < 12.1, `${hours}`); // SESSION_MAX_SECONDS
  assert.match(fixture.relay.log(), '"audit":"revoke"');
  assert.match(fixture.relay.log(), '"target_sub":"okta:ann"');
});

test('a revocation may apply to tokens of the next week', async () => {
  const answer = await asAdmin(fixture.relay, 'revoke', { sub: 'okta:bob', blockSeconds: BLOCK_MAX_SECONDS });
  assert.is(answer.status, 200);
  const { until } = (await answer.json()) as { until: string };
  assert.ok(Date.parse(until) > Date.now() + BLOCK_MAX_SECONDS * 1000);
});

test('repeated wrong admin tokens get 429 and no audit line, and the right one passes', async () => {
  const limited = await fixture.startRelay({ adminToken, limits: { rateLimits: { refusalsPerMinute: 3 } } });
  const statuses = [];
  for (let index = 0; index < 5; index++)
    statuses.push((await asAdmin(limited, 'revoke', { jti: 'x' }, 'Bearer wrong')).status);
  assert.equal(statuses.slice(-2), [429, 429]);
  assert.ok((limited.log().match(/"refused":"admin"/g) ?? []).length <= 3);
  assert.is((await asAdmin(limited, 'revoke', { jti: 'x' })).status, 200);
});

test('the token itself is in no log line', async () => {
  await asAdmin(fixture.relay, 'revoke', { jti: 'y' });
  assert.not.match(fixture.relay.log(), ADMIN_TOKEN);
});

test('without Redis an administrator is told that it has to be done again', async () => {
  const own = await fixture.startRedis();
  const lost = await fixture.startRelay({ adminToken }, own);
  await own.stop();
  assert.is((await asAdmin(lost, 'revoke', { jti: 'x' })).status, 503);
  assert.is((await asAdmin(lost, 'erase', { conversation: uniqueConversation() })).status, 503);
  assert.is((await asAdmin(lost, 'trace', { conversation: uniqueConversation() })).status, 503);
  for (const event of ['revoke', 'erase'])
    assert.match(lost.log(), `"audit":"${event}","outcome":"Redis did not take it"`);
});

test('an administrator hears of a Redis that is full', async () => {
  const own = await fixture.startRedis();
  const full = await fixture.startRelay({ adminToken }, own);
  const commands = fixture.client(own.redisConfig);
  await commands.config('SET', 'maxmemory', '1');
  const answer = await asAdmin(full, 'revoke', { jti: 'x' });
  assert.is(answer.status, 503);
  assert.match(await answer.text(), 'full');
  await commands.config('SET', 'maxmemory', '0');
  assert.is((await asAdmin(full, 'revoke', { jti: 'x' })).status, 200);
});

test.run();
