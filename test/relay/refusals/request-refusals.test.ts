// Each request that is refused leaves one line and one count, with whose token it was.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { dial } from '../../helpers/raw-http.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin, idOf } from '../admin/admin-requests.ts';
import { PHONE, RefusalsFixture, SAID } from './refusals-fixture.ts';

const WAIT_MS = 30_000;
const LISTED = 'https://desk.example.com';
const FOREIGN = 'https://evil.example';

const fixture = new RefusalsFixture(test, {
  adminToken,
  settings: { CORS_ALLOWED_ORIGINS: LISTED, ALLOWED_LOCATIONS: 'global' },
  limits: {
    rateLimits: { callsPerMinute: 12, listsPerMinute: 2, keyWritesPerMinute: 30 },
  },
});
/** Does not wait for headers. */
const impatient = new RefusalsFixture(test, {
  limits: { http: { headersMs: 300, requestMs: 600, checkEveryMs: 50 } },
});

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  token?: string;
}

const JSON_TYPE = { 'content-type': 'application/json' };

function send(from: string, path: string, { method = 'GET', headers, body, token }: Sent = {}) {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const sent = { 'x-forwarded-for': from, ...authorization, ...headers };
  return fetch(fixture.relay.url + path, { method, headers: sent, ...(body === undefined ? {} : { body }) });
}

const CALLS = `/v2/projects/${TEST_PROJECT}/locations/global/conversations`;

/** Requests of nobody, and why each is refused. */
const ANONYMOUS: Record<string, [reason: RefusalReason, status: number, path: string, sent?: Sent]> = {
  'an unknown route': ['not-found', 404, `/wrong/${PHONE}`],
  'another method': ['request-method', 405, '/register', { method: 'PUT' }],
  'a malformed URL': ['request-malformed', 400, '/%zz'],
  'a body that is no JSON': [
    'request-malformed',
    400,
    '/register-app',
    { method: 'POST', headers: JSON_TYPE, body: SAID },
  ],
  'another content type': [
    'request-content-type',
    415,
    '/register-app',
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: SAID },
  ],
  'a body that is too long': [
    'request-too-large',
    413,
    '/register-app',
    { method: 'POST', headers: JSON_TYPE, body: `"${SAID.repeat(2_000)}"` },
  ],
  'a POST of an origin that is not listed': [
    'origin',
    403,
    '/register',
    { method: 'POST', headers: { origin: FOREIGN } },
  ],
  'a GET of an origin that is not listed': ['origin', 200, '/status', { headers: { origin: FOREIGN } }],
  'a preflight of an origin that is not listed': [
    'origin',
    403,
    '/register',
    { method: 'OPTIONS', headers: { origin: FOREIGN } },
  ],
  'a call without a token': ['token-missing', 401, `${CALLS}/${PHONE}`],
  'a token that is none': [
    'token-unparsable',
    401,
    CALLS,
    { method: 'POST', headers: JSON_TYPE, body: '{}', token: 'x' },
  ],
  'credentials that are not accepted': [
    'credential',
    401,
    '/register-app',
    { method: 'POST', headers: JSON_TYPE, body: `{"accountSid":"${PHONE}"}` },
  ],
  'an unknown resource of Dialogflow': [
    'not-found',
    404,
    `/v2/projects/${TEST_PROJECT}/locations/global/agents`,
  ],
  'a path that is not allowed': ['request-malformed', 400, `${CALLS}/..%2f${PHONE}`],
  'a method that a resource does not have': ['request-method', 405, `${CALLS}/c`, { method: 'DELETE' }],
  'a wrong admin token': [
    'admin-token',
    401,
    '/admin/revoke',
    { method: 'POST', headers: JSON_TYPE, body: '{}', token: 'not the token of the administrators' },
  ],
};

for (const [what, [reason, status, path, sent]] of Object.entries(ANONYMOUS)) {
  test(`${what} is ${reason}`, async () => {
    const from = fixture.address();
    const line = await fixture.refusedOnce(reason, async () => {
      assert.is((await send(from, path, sent)).status, status);
    });
    assert.equal([line.from, line.status, line.sub, line.jti], [from, status, undefined, undefined]);
    assert.is(line.origin, reason === 'origin' ? FOREIGN : undefined);
  });
}

/** Requests with a genuine token, and why each is refused. */
const KNOWN: Record<string, [reason: RefusalReason, status: number, path: string, sent?: Sent]> = {
  'a call of another project': [
    'other-project',
    403,
    '/v2/projects/another/locations/global/conversations/c',
  ],
  'a call of a location that is not allowed': ['access-location', 403, `${CALLS.replace('global', 'us')}/c`],
  'a call with a form': [
    'request-content-type',
    415,
    `${CALLS}/c/participants/p:analyzeContent`,
    { method: 'POST', headers: { 'content-type': 'text/plain' }, body: SAID },
  ],
  'the list of calls for an agent': ['access-supervisors', 403, '/conversations'],
  'a lookup without a key': ['request-malformed', 400, '/conversation-name'],
  'a key that is not stored': [
    'not-found',
    404,
    `/conversation-name?conversationIntegrationKey=${PHONE}`,
    { method: 'DELETE' },
  ],
  'a key for what is no conversation': [
    'request-malformed',
    400,
    '/conversation-name',
    {
      method: 'POST',
      headers: JSON_TYPE,
      body: `{"conversationIntegrationKey":"${PHONE}","conversationName":"${SAID}"}`,
    },
  ],
};

for (const [what, [reason, status, path, sent]] of Object.entries(KNOWN)) {
  test(`${what} is ${reason}, with jti and sub`, async () => {
    const token = fixture.signed('okta:ann');
    const from = fixture.address();
    const line = await fixture.refusedOnce(reason, async () => {
      assert.is((await send(from, path, { token, ...sent })).status, status);
    });
    assert.equal([line.from, line.status, line.sub, line.jti], [from, status, 'okta:ann', idOf(token)]);
  });
}

test('a token that is revoked is named in the line and in the audit', async () => {
  const token = fixture.signed('okta:gone');
  const revoked = await asAdmin(fixture.relay, 'revoke', { token });
  assert.is(revoked.status, 200);
  const from = fixture.address();
  const line = await fixture.refusedOnce('token-revoked', async () => {
    assert.is((await send(from, '/conversations', { token })).status, 401);
  });
  assert.equal([line.sub, line.jti], ['okta:gone', idOf(token)]);
  const audited = fixture.relay
    .log()
    .split('\n')
    .filter((text) => text.includes('"audit":"refuse"') && text.includes(`"${from}"`));
  assert.equal(
    audited.map((text) => [JSON.parse(text).sub, JSON.parse(text).jti]),
    [['okta:gone', idOf(token)]],
  );
});

test('a request over a limit is named by its limit, with jti and sub', async () => {
  const token = fixture.signed('okta:busy');
  const from = fixture.address();
  for (let index = 0; index < 2; index++) await send(from, '/conversations', { token });
  const line = await fixture.refusedOnce('limit-lists', async () => {
    assert.is((await send(from, '/conversations', { token })).status, 429);
  });
  assert.equal([line.sub, line.jti, line.from, line.status], ['okta:busy', idOf(token), from, 429]);
});

test('bytes that are no request, and headers that do not come, leave one line each', async () => {
  const bytes = (text: string) => () => fixture.defer(dial(fixture.relay.port, text).close);
  await fixture.refusedOnce('http-malformed', bytes(`${PHONE}\r\n\r\n`));
  await impatient.refusedOnce('request-too-slow', () => {
    fixture.defer(dial(impatient.relay.port, 'GET /status HTTP/1.1\r\n').close);
  });
  await fixture.refusedOnce(
    'http-header-too-large',
    bytes(`GET / HTTP/1.1\r\nHost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`),
  );
  await fixture.refusedOnce(
    'request-expectation',
    bytes('GET / HTTP/1.1\r\nHost: x\r\nExpect: coffee\r\n\r\n'),
  );
});

test('a connection that ends in the middle of a request is not http-malformed', async () => {
  const before = await fixture.count('http-malformed');
  const unsent = `POST /conversation-name HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{`;
  await fixture.refusedOnce('token-missing', async () => {
    const connection = dial(fixture.relay.port, unsent);
    fixture.defer(connection.close);
    await until(() => connection.received !== '', WAIT_MS, 'the request is answered');
    connection.socket.end();
    await until(() => connection.isClosed, WAIT_MS, 'the relay has closed the connection');
  });
  assert.is(await fixture.count('http-malformed'), before);
});

test('CONNECT, which a proxy takes, is request-method', async () => {
  const from = fixture.address();
  const line = await fixture.refusedOnce('request-method', () => {
    const bytes = `CONNECT x:443 HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ${from}\r\n\r\n`;
    fixture.defer(dial(fixture.relay.port, bytes).close);
  });
  assert.is(line.from, from);
});

test('too many requests under way on one connection are limit-pipelining', async () => {
  const request = 'GET /ready HTTP/1.1\r\nHost: x\r\n\r\n';
  await fixture.refusedOnce('limit-pipelining', () => {
    fixture.defer(dial(fixture.relay.port, request.repeat(40)).close);
  });
});

test('a flood of requests has few lines, and each counts', async () => {
  const from = fixture.address();
  const before = await fixture.count('not-found');
  for (let index = 0; index < 10; index++)
    await Promise.all(Array.from({ length: 20 }, () => send(from, `/wrong/${index}`)));
  assert.is((await fixture.count('not-found')) - before, 200);
  assert.ok(fixture.lines(from).length <= 3);
});

test.run();
