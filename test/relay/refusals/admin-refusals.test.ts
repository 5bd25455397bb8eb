// Administrators' requests that are refused leave one line and one count each, and no line has a token.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { ADMIN_TOKEN, adminToken, asAdmin, idOf, statusWith } from '../admin/admin-requests.ts';
import { PHONE, RefusalsFixture } from './refusals-fixture.ts';

const fixture = new RefusalsFixture(test, {
  adminToken,
  limits: { rateLimits: { adminRefusalsPerMinute: 2 } },
});

/** A request of an administrator from an address of its own. */
function asAdminAt(
  from: string,
  action: 'revoke' | 'erase' | 'trace',
  body: unknown,
  token = ADMIN_TOKEN,
): Promise<Response> {
  return fetch(`${fixture.relay.url}/admin/${action}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-forwarded-for': from,
    },
    body: JSON.stringify(body),
  });
}

test('wrong admin tokens beyond their limit are limit-admin-refusals', async () => {
  const from = fixture.address();
  const guess = () => asAdminAt(from, 'trace', {}, fixture.secret('a guess of somebody'));
  for (let index = 0; index < 2; index++) await guess();
  const line = await fixture.refusedOnce('limit-admin-refusals', guess);
  assert.is(line.from, from);
});

test('administrators are told what is wrong, and it leaves one line each', async () => {
  for (const [action, body] of [
    ['revoke', { token: fixture.secret('not.a.token') }],
    ['revoke', {}],
    ['erase', { conversation: PHONE }],
    ['trace', { conversation: 5 }],
  ] as const) {
    const from = fixture.address();
    const line = await fixture.refusedOnce('request-malformed', async () => {
      assert.is((await asAdminAt(from, action, body)).status, 400);
    });
    assert.equal([line.route, line.from], [`/admin/${action}`, from]);
  }
});

test('a whole token revokes itself, and no line has it', async () => {
  const token = fixture.signed('okta:whole');
  const { until: end } = (await (await asAdmin(fixture.relay, 'revoke', { token })).json()) as {
    until: string;
  };
  assert.ok(Date.parse(end) > Date.now());
  assert.is(await statusWith(fixture.relay, `Bearer ${token}`), 401);
  const log = fixture.relay.log();
  assert.ok(log.includes(`"target_jti":"${idOf(token)}"`));
  for (const secret of [token, token.split('.')[2] ?? '', ADMIN_TOKEN]) assert.not.ok(log.includes(secret));
});

test('a conversation of which nothing is held is erased with a word about it', async () => {
  const answer = await asAdmin(fixture.relay, 'erase', { conversation: uniqueConversation() });
  assert.equal(await answer.json(), { erased: 0, message: 'Nothing is held under this name.' });
});

test.run();
