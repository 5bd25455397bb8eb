// What must never reach Dialogflow, sent as raw bytes: every HTTP client would clean up most of these targets itself.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, rawRequest, statusOf } from '../../helpers/raw-http.ts';
import { BASE, type GoogleError, ProxyFixture, postJson, readError } from './proxy-fixture.ts';

const fixture = new ProxyFixture(test);

const AT = '/v2/projects/my-project/locations';
const HOSTILE_TARGETS = [
  // another host: the location is part of Dialogflow's host name
  ...[
    'evil.example%23',
    'evil.example%3F',
    'evil.example%5C',
    'evil.example:8443%23',
    'x@evil.example%3Fa=',
  ].map((location) => `${AT}/${location}/conversations/c`),
  ...[
    'evil.example',
    'evil.example#',
    'evil.example\\',
    'evil.example:8443',
    'x@evil.example',
    '127.0.0.1:80%2f',
  ].map((location) => `${AT}/${location}/conversations/c`),
  `${AT}/evil.example%2523/conversations/c`,
  `${AT}/evil.example%00/conversations/c`,
  `http://evil.example${AT}/global/conversations/c`,
  `//evil.example${AT}/global/conversations/c`,
  // another resource: dot segments, encoded and doubled delimiters
  `${AT}/global/conversations/%2e%2e/answerRecords%3FpageSize=100%26x`,
  `${AT}/global/conversations/%2e%2e/conversationProfiles`,
  `${AT}/global/conversations/../conversationProfiles`,
  `${AT}/global/conversations/c/../../conversationProfiles`,
  `${AT}/global/conversations/c/..%2f..%2fconversationProfiles`,
  `${AT}/global/conversations/c%2F..%2F..%2FconversationProfiles`,
  `${AT}/global/conversations/..\\conversationProfiles`,
  `${AT}/global/conversations/%2E./conversationProfiles`,
  `${AT}/global/conversations/%252e%252e/conversationProfiles`,
  `${AT}/global/conversations/%c0%ae%c0%ae/conversationProfiles`,
  `${AT}/global/conversations/./c`,
  `${AT}/global/conversations//c`,
  `${AT}/global/conversations/c/`,
  `${AT}/global/conversations/-/messages`,
  `${AT}/global/conversations/c%23frag/participants`,
  `${AT}/global/conversations/c#frag/participants`,
  `${AT}/global/conversations/c%3Fa=b`,
  `${AT}/global/conversations/c%0d%0aX-Injected:%201`,
  `${AT}/global/conversations/c%`,
  `${AT}/global/conversations/c%zz`,
  `${AT}/../../../computeMetadata/v1/`,
  '/v2/../computeMetadata/v1/',
  '/v2/%2e%2e/computeMetadata/v1/',
  // another method or identity, through the query
  `${AT}/global/conversationProfiles/x?$httpMethod=DELETE`,
  `${AT}/global/conversationProfiles/x?%24httpMethod=PATCH&updateMask=displayName`,
  `${AT}/global/conversationProfiles/x?access_token=stolen`,
  // another project or version
  '/anything/projects/other-project/locations/global/conversations/c',
  '/v2/projects/other-project/locations/global/conversations/c',
  '/v3/projects/my-project/locations/global/conversations/c',
  '/v2/projects/my-project%2fx/locations/global/conversations/c',
  '/v2/projects/my-project/locations//conversations/c',
  '/v2/projects//locations/global/conversations/c',
];

test('no hostile target causes a call to Dialogflow, by any method', async () => {
  let tokens = 0;
  const headers = async () => {
    tokens += 1;
    return {};
  };
  for (const hasEndpoint of [true, false]) {
    const proxy = await fixture.startProxy({ hasEndpoint, credentials: { headers, invalidate: () => {} } });
    for (const target of HOSTILE_TARGETS) {
      for (const method of ['GET', 'POST', 'PATCH', 'HEAD']) {
        const bytes = rawRequest(
          method,
          target,
          ['Content-Type: application/json', 'Content-Length: 2'],
          '{}',
        );
        const status = statusOf(await exchange(proxy.port, bytes));
        assert.ok([400, 403, 404, 405].includes(status), `${method} ${target} was answered with ${status}`);
      }
    }
    assert.is(proxy.upstream.seen.length, 0);
    assert.equal(proxy.calledOrigins, []);
  }
  assert.is(tokens, 0, 'not even a token was fetched');
});

test('bytes outside ASCII, and requests that frame two bodies, cause no call', async () => {
  const proxy = await fixture.startProxy();
  const requests = [
    rawRequest('GET', `${BASE}/conversations/\xc0\xae\xc0\xae/conversationProfiles`),
    rawRequest('GET', `${BASE}/conversations/c\xe9`),
    rawRequest('GET', `${BASE}/conversations/c\tx`),
    rawRequest('GET', `${BASE}/conversations/c?a=\xe9`),
    rawRequest(
      'POST',
      `${BASE}/conversations`,
      ['Content-Type: application/json', 'Content-Length: 2', 'Content-Length: 3'],
      '{}',
    ),
    rawRequest(
      'POST',
      `${BASE}/conversations`,
      ['Content-Type: application/json', 'Content-Length: 2', 'Transfer-Encoding: chunked'],
      '0\r\n\r\n{}',
    ),
  ];
  for (const [index, bytes] of requests.entries()) {
    assert.is(statusOf(await exchange(proxy.port, bytes)), 400, `request ${index}`);
  }
  assert.is(proxy.upstream.seen.length, 0);
});

test('a HEAD of a resource that cannot be read is 405, and never another method', async () => {
  const proxy = await fixture.startProxy();
  for (const rest of [
    'conversations',
    'suggestions:searchKnowledge',
    'suggestions:generateStatelessSummary',
    'statelessSuggestion:generate',
  ]) {
    const headers = ['Content-Type: application/json', 'Content-Length: 2'];
    assert.is(
      statusOf(await exchange(proxy.port, rawRequest('HEAD', `${BASE}/${rest}`, headers, '{}'))),
      405,
    );
  }
  assert.is(proxy.upstream.seen.length, 0);
});

test('a HEAD of an answer record is a GET without body, although PATCH is allowed', async () => {
  const proxy = await fixture.startProxy();
  const headers = ['Content-Type: application/json', 'Content-Length: 2'];
  const target = `${BASE}/answerRecords/a?updateMask=answerFeedback`;
  assert.is(statusOf(await exchange(proxy.port, rawRequest('HEAD', target, headers, '{}'))), 200);
  assert.equal(
    proxy.upstream.seen.map(({ method, body }) => [method, body]),
    [['GET', '']],
  );
});

test('what no token could make right is told without one, the rest only with one', async () => {
  const proxy = await fixture.startProxy({
    authenticate: async (request, reply) => {
      if (request.headers.authorization !== 'good')
        await reply.code(401).send({ message: 'Token is missing.' });
    },
  });
  const cases: [method: string, target: string, without: number, withToken: number][] = [
    ['GET', `${BASE}/conversations/c`, 401, 200],
    ['POST', `${BASE}/conversations/c:complete`, 401, 200],
    ['GET', '/v2/projects/other-project/locations/global/conversations/c', 401, 403],
    ['PATCH', `${BASE}/conversations/c/participants/p`, 401, 415],
    ['PUT', `${BASE}/conversations/c`, 405, 405],
    ['GET', `${BASE}/answerRecords`, 404, 404],
    ['GET', `${BASE}/conversations/..`, 400, 400],
  ];
  for (const [method, target, without, withToken] of cases) {
    const denied = await exchange(proxy.port, rawRequest(method, target));
    assert.is(statusOf(denied), without, `${method} ${target}`);
    if (without === 401) assert.match(denied, /\{"message":"Token is missing\."\}/);
    const allowed = await exchange(proxy.port, rawRequest(method, target, ['Authorization: good']));
    assert.is(statusOf(allowed), withToken, `${method} ${target}`);
  }
  assert.is(proxy.upstream.seen.length, 2);
});

test('an error that authenticate throws is worded by the app', async () => {
  const proxy = await fixture.startProxy({
    setUp: (app) =>
      app.setErrorHandler((error: Error, _request, reply) =>
        reply.code(401).send({ message: error.message }),
      ),
    authenticate: async () => {
      throw new Error('Token is missing.');
    },
  });
  const response = await fetch(`${proxy.origin}${BASE}/conversations/c`);
  assert.equal([response.status, await response.json()], [401, { message: 'Token is missing.' }]);
  assert.is(proxy.upstream.seen.length, 0);
});

test('each refusal has the shape of Google’s errors and repeats nothing of the request', async () => {
  const proxy = await fixture.startProxy();
  const cases: [method: string, target: string, status: number, name: string][] = [
    ['GET', `${BASE}/conversations/%2e%2e`, 400, 'INVALID_ARGUMENT'],
    ['GET', '/v2/projects/marker/locations/global/conversations/c', 403, 'PERMISSION_DENIED'],
    ['GET', `${BASE}/marker`, 404, 'NOT_FOUND'],
    ['PUT', `${BASE}/conversations/marker`, 405, 'UNIMPLEMENTED'],
    ['PATCH', `${BASE}/conversations/marker`, 415, 'INVALID_ARGUMENT'],
  ];
  for (const [method, target, status, name] of cases) {
    const response = await exchange(proxy.port, rawRequest(method, target));
    assert.is(statusOf(response), status);
    assert.match(response, /\r\ncontent-type: application\/json; charset=utf-8\r\n/i);
    const { error } = JSON.parse(response.split('\r\n\r\n')[1] ?? '') as GoogleError;
    assert.equal([error.code, error.status, typeof error.message], [status, name, 'string']);
    assert.not.match(response, /marker/);
  }
});

test('a body that is not uncompressed JSON by its headers is 415 and is not sent on', async () => {
  const proxy = await fixture.startProxy();
  const types = [
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/jsonx',
    'text/json',
    'application/+json',
  ];
  for (const type of types) {
    for (const [method, rest] of [
      ['POST', 'conversations'],
      ['PATCH', 'answerRecords/a'],
    ] as const) {
      const headers = [...(type === '' ? [] : [`Content-Type: ${type}`]), 'Content-Length: 2'];
      const response = await exchange(proxy.port, rawRequest(method, `${BASE}/${rest}`, headers, '{}'));
      assert.is(statusOf(response), 415, `${method} ${type}`);
      assert.match(response, /"status":"INVALID_ARGUMENT"/);
    }
  }
  const packed = await postJson(proxy.origin, `${BASE}/conversations`, '{}', { 'content-encoding': 'gzip' });
  assert.is((await readError(packed)).code, 415);
  assert.is(proxy.upstream.seen.length, 0);
});

test('OPTIONS tells the methods of a known path and needs no token', async () => {
  const proxy = await fixture.startProxy({
    authenticate: async (_request, reply) => {
      await reply.code(401).send();
    },
  });
  const response = await fetch(`${proxy.origin}${BASE}/conversations/c`, { method: 'OPTIONS' });
  assert.equal([response.status, await response.text()], [200, '']);
  assert.is(response.headers.get('allow'), 'GET, POST, PATCH, HEAD, OPTIONS');
  assert.is((await fetch(`${proxy.origin}${BASE}/answerRecords`, { method: 'OPTIONS' })).status, 404);
  assert.is(proxy.upstream.seen.length, 0);
});

test.run();
