// The limits on requests, crossed over HTTP with a whole REST side and a real Redis.
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { LINES_OF_ONE_MAX } from '../../../relay/refusals/refusals.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { assertRetryAfter, MESSAGE, many } from './refusals.ts';
import '../../helpers/patient-redis.ts';

const REFUSALS = 20;
const QUOTA = 12;
const KEY_LIMITS = { keyLookupsPerMinute: 30, keyWritesPerMinute: 12, keysStoredPerDay: 8 };
/** The relay's clock stands at the beginning of a minute: in its last seconds a flood may have had the whole quota. */
const START = Math.floor(Date.now() / 60_000) * 60_000;

let upstream = { status: 200, headers: {} as Record<string, string> };

const fixture = relayFixture(test, async () => {
  const dialogflow = createServer((request, response) => {
    request.resume();
    response
      .writeHead(upstream.status, { 'content-type': 'application/json', ...upstream.headers })
      .end('{}');
  });
  return {
    settings: {
      DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${await fixture.listen(dialogflow)}`,
      ANALYZE_CONTENT_PER_MINUTE: String(QUOTA),
      TRUSTED_PROXIES: '1',
    },
    limits: { rateLimits: { refusalsPerMinute: REFUSALS, ...KEY_LIMITS } },
    now: () => START,
  };
});
test.before.each(() => {
  upstream = { status: 200, headers: {} };
});

/** Calls Dialogflow. */
const call = (token: string, resource = 'conversations/c/messages', method = 'GET') =>
  fetch(`${fixture.relay.url}/v2/projects/${TEST_PROJECT}/locations/global/${resource}`, {
    method,
    headers: { authorization: token, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: '{}' } : {}),
  });

const analyze = (token: string, name = ':analyzeContent') =>
  call(token, `conversations/c/participants/p${name}`, 'POST');

const tokenOf = (subject: string) => fixture.token(subject);

test('bad tokens of an address get 429 in the end, a good one never', async () => {
  const headers = (authorization: string) => ({ authorization, 'x-forwarded-for': '1.1.1.1, 192.0.2.60' });
  const look = (authorization: string) =>
    fetch(`${fixture.relay.url}/conversation-name?conversationIntegrationKey=1`, {
      headers: headers(authorization),
    });
  const statuses = [];
  for (const _ of many(3 * REFUSALS)) statuses.push((await look('not a token')).status);
  assert.equal(statuses, [...many(REFUSALS).map(() => 401), ...many(2 * REFUSALS).map(() => 429)]);
  assert.is((await look(fixture.relay.token)).status, 200);
  const lines = fixture.relay
    .log()
    .split('\n')
    .filter((line) => line.includes('192.0.2.60'));
  assert.is(lines.filter((line) => line.includes('"audit"')).length, REFUSALS);
  // Of bad tokens, and of requests over the limit.
  assert.is(lines.length, REFUSALS + 2 * LINES_OF_ONE_MAX);
});

test('bad tokens on both sockets count for their address, too, and fill no log', async () => {
  for (const [address, tryOne] of [
    [
      '192.0.2.70',
      async (headers: Record<string, string>) => {
        const desktop = await fixture.openNativeDesktop({ headers }).opened();
        desktop.send({ type: 'auth', token: 'not a token' });
        await desktop.closed;
      },
    ],
    [
      '192.0.2.71',
      async (headers: Record<string, string>) => {
        await fixture.desktop({ token: 'not a token', headers }).catch(() => {});
      },
    ],
  ] as const) {
    const headers = { 'x-forwarded-for': address };
    const register = async () =>
      (await fetch(`${fixture.relay.url}/register`, { method: 'POST', headers })).status;
    assert.is(await register(), 200);
    await Promise.all(many(REFUSALS + 5).map(() => tryOne(headers)));
    await until(async () => (await register()) === 429);
    const lines =
      fixture.relay
        .log()
        .match(new RegExp(`"audit":"refuse".*"refused":"connect".*"from":"${address}"`, 'g')) ?? [];
    assert.is(lines.length, REFUSALS);
  }
});

test('calls of one agent are limited over all its tokens, and those of another are not', async () => {
  const tokens = [tokenOf('okta:busy'), tokenOf('okta:busy')] as const;
  for (let count = 0; count < RATE_LIMITS.callsPerMinute; count += 50) {
    const answers = await Promise.all(many(50).map((index) => call(tokens[index % 2 === 0 ? 0 : 1])));
    for (const answer of answers) assert.is(answer.status, 200);
  }
  const refused = await call(tokens[0]);
  assert.is(refused.status, 429);
  assert.equal(await refused.json(), MESSAGE);
  assertRetryAfter(refused.headers.get('retry-after'));
  assert.is((await call(tokenOf('okta:calm'))).status, 200);
});

/** A request of `/conversation-name`. */
async function useKey(token: string, method: string, key = 'k'): Promise<Response> {
  const name = `projects/${TEST_PROJECT}/conversations/c`;
  const body = JSON.stringify({ conversationIntegrationKey: key, conversationName: name });
  const query = method === 'POST' ? '' : `?conversationIntegrationKey=${key}`;
  return fetch(`${fixture.relay.url}/conversation-name${query}`, {
    method,
    headers: { authorization: token, ...(method === 'POST' ? { 'content-type': 'application/json' } : {}) },
    ...(method === 'POST' ? { body } : {}),
  });
}

test('lookups and writes of integration keys have limits of their own for each agent', async () => {
  const { keyLookupsPerMinute, keyWritesPerMinute } = KEY_LIMITS;
  for (const [method, max, passed] of [
    ['GET', keyLookupsPerMinute, 200],
    ['DELETE', keyWritesPerMinute, 404],
  ] as const) {
    for (const _ of many(max)) assert.is((await useKey(tokenOf('okta:keys'), method)).status, passed);
    const refused = await useKey(tokenOf('okta:keys'), method);
    assert.is(refused.status, 429);
    assert.equal(await refused.json(), MESSAGE);
    assertRetryAfter(refused.headers.get('retry-after'));
    assert.is((await useKey(tokenOf('okta:other-keys'), method)).status, passed);
  }
});

test('an agent stores a number of keys a day, and one more is 429 and not stored', async () => {
  const before = await fixture.redis.keys('*');
  for (const index of many(KEY_LIMITS.keysStoredPerDay)) {
    assert.is((await useKey(tokenOf('okta:store'), 'POST', `stored-${index}`)).status, 200);
  }
  const refused = await useKey(tokenOf('okta:store'), 'POST', 'one-more');
  assert.equal(
    [refused.status, await refused.json()],
    [429, { message: 'Too many integration keys were stored: wait.' }],
  );
  const wait = Number(refused.headers.get('retry-after'));
  assert.ok(wait > 23 * 3600 && wait <= 24 * 3600, `${wait}`);
  assert.equal(await (await useKey(tokenOf('okta:reader'), 'GET', 'one-more')).json(), {
    conversationName: '',
  });
  const added = (await fixture.redis.keys('*')).filter(
    (key) => !before.includes(key) && !key.includes('rate'),
  );
  assert.is(added.length, KEY_LIMITS.keysStoredPerDay);
  assert.is((await useKey(tokenOf('okta:store'), 'DELETE', 'stored-0')).status, 200);
});

test('what is refused for want of access takes nothing of the quota', async () => {
  const before = await fixture.redis.keys('*quota*');
  const supervisor = fixture.token('okta:boss', { role: 'supervisor' });
  const answers = await Promise.all(many(QUOTA).map(() => analyze(supervisor)));
  for (const answer of answers) assert.is(answer.status, 403);
  assert.equal(await fixture.redis.keys('*quota*'), before);
});

test('an agent that floods analyzeContent leaves the others their part of the quota', async () => {
  const flood = await Promise.all(many(3 * QUOTA).map(() => analyze(tokenOf('okta:flood'))));
  const refused = flood.filter(({ status }) => status === 429);
  assert.ok(refused.length >= QUOTA, `${refused.length}`);
  assert.equal(await refused[0]?.json(), { message: 'The quota of analyzeContent is used up: wait.' });
  // Half of the quota is used up, and the other half comes in the second half of the minute.
  assert.is(refused[0]?.headers.get('retry-after'), '30');
  // Escaped, it would be the same to Google.
  assert.is((await analyze(tokenOf('okta:flood'), ':%61nalyzeContent')).status, 429);
  assert.is((await analyze(tokenOf('okta:other'))).status, 200);
  assert.is((await call(tokenOf('okta:flood'))).status, 200);
});

test("Dialogflow's own 429 is passed on with its Retry-After", async () => {
  upstream = { status: 429, headers: { 'retry-after': '17' } };
  const answer = await call(tokenOf('okta:carl'));
  assert.is(answer.status, 429);
  assert.is(answer.headers.get('retry-after'), '17');
  assert.is(answer.headers.get('access-control-expose-headers'), 'Retry-After');
});

test('without Redis requests are let through', async () => {
  const own = await fixture.startRedis();
  const lost = await fixture.startRelay({}, own);
  await own.stop();
  assert.is((await fetch(`${lost.url}/register`, { method: 'POST' })).status, 200);
});

test.run();
