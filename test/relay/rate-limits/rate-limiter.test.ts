// The limits on requests, crossed over HTTP with a whole REST side and a real Redis.
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientInfoReader } from '../../../relay/access/client-info.ts';
import { limitRequests } from '../../../relay/http/request-limits.ts';
import type { Identity } from '../../../relay/identity/identity.ts';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { RateLimiter } from '../../../relay/rate-limits/rate-limiter.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { buildHttp } from '../http/build.ts';

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

const many = (count: number) => Array.from({ length: count }, (_, index) => index);

/** The REST side with a provider that knows everybody who says a name, and nobody else. */
async function registration(subjectOf: (name: string) => string, refusalsPerMinute = REFUSALS) {
  let asked = 0;
  const rateLimiter = new RateLimiter({
    redis: fixture.redis,
    analyzeContentPerMinute: QUOTA,
    limits: { ...RATE_LIMITS, refusalsPerMinute },
    logger: quietLogger,
  });
  const limits = limitRequests(rateLimiter, clientInfoReader(TEST_PROJECT, 1));
  const verify = async (name: string): Promise<Identity | undefined> => {
    asked++;
    return name === '' ? undefined : { subject: subjectOf(name) };
  };
  const { app } = await buildHttp({ limits, providers: { verify } });
  const register = (name: string, address = '192.0.2.1') =>
    app.inject({
      method: 'POST',
      url: '/register',
      headers: { authorization: name, 'x-forwarded-for': address },
    });
  fixture.keep(app);
  return { register, asked: () => asked };
}

const MESSAGE = { message: 'Too many requests: wait.' };

/** What is left of the minute that began with the first of many quick requests, in seconds. */
function assertRetryAfter(value: unknown): void {
  assert.ok(Number(value) > 20 && Number(value) <= 60, `Retry-After: ${value}`);
}

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

test('an agent who registers again and again is asked to wait, and nobody else is', async () => {
  const { register, asked } = await registration((name) => `okta:${name}`);
  for (const _ of many(RATE_LIMITS.registrationsPerMinute))
    assert.is((await register('ann')).statusCode, 200);
  const refused = await register('ann');
  assert.is(refused.statusCode, 429);
  assert.equal(refused.json(), MESSAGE);
  assertRetryAfter(refused.headers['retry-after']);
  const before = asked();
  assert.is((await register('ann')).statusCode, 429);
  assert.is(asked(), before, 'the provider is not asked any more');
  assert.is((await register('bob')).statusCode, 200);
});

test('an identity that stands for many, as of an application, may register any number of them', async () => {
  const { register } = await registration(() => 'twilio-app:AC1');
  for (const index of many(RATE_LIMITS.registrationsPerMinute + 10)) {
    assert.is((await register(`agent-${index}`)).statusCode, 200);
  }
});

test('an address with too many refused credentials waits, without its provider being asked, and no other does', async () => {
  const { register, asked } = await registration((name) => `okta:${name}`);
  for (const _ of many(REFUSALS)) assert.is((await register('', '192.0.2.50')).statusCode, 401);
  const refused = await register('', '192.0.2.50');
  assert.is(refused.statusCode, 429);
  assert.equal(refused.json(), MESSAGE);
  assertRetryAfter(refused.headers['retry-after']);
  const before = asked();
  assert.is((await register('', '192.0.2.50')).statusCode, 429);
  assert.is(asked(), before);
  assert.is((await register('eve', '192.0.2.51')).statusCode, 200);
});

test('bad tokens of one address are answered with 429 in the end, a good one of it never, and the log stays short', async () => {
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
  assert.is(lines.length, REFUSALS);
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
      fixture.relay.log().match(new RegExp(`"refused":"connect".*"from":"${address}"`, 'g')) ?? [];
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
