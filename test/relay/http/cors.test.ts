import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildHttp, ORIGIN } from './build.ts';

const PREFLIGHT = { origin: ORIGIN, 'access-control-request-method': 'DELETE' };
const LIST = [ORIGIN, 'https://*.agents.example.com'];
const FOREIGN = 'https://evil.example';

const CORS_HEADERS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-expose-headers',
  'access-control-max-age',
];

/** On every answer that a page may read: which of its headers. */
const EXPOSED = { 'access-control-expose-headers': 'Retry-After' };

function corsOf(headers: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => CORS_HEADERS.includes(name)));
}

for (const origin of [ORIGIN, 'http://localhost:5173', 'null', 'chrome-extension://abcdef']) {
  test(`any origin is reflected, without credentials (${origin})`, async () => {
    const { app } = await buildHttp();
    const answer = await app.inject({ url: '/status', headers: { origin } });
    assert.is(answer.statusCode, 200);
    assert.equal(corsOf(answer.headers), { 'access-control-allow-origin': origin, ...EXPOSED });
    assert.is(answer.headers.vary, 'Origin');
  });
}

test('without an origin everybody may read the answer', async () => {
  const { app } = await buildHttp();
  const answer = await app.inject('/status');
  assert.equal(corsOf(answer.headers), { 'access-control-allow-origin': '*', ...EXPOSED });
});

for (const url of ['/status', '/register', '/conversation-name', '/health', '/ready']) {
  test(`a preflight of ${url} is 200 and allows every method and header`, async () => {
    const { app } = await buildHttp();
    const asked = 'authorization, content-type, x-integrator-s-own';
    const answer = await app.inject({
      method: 'OPTIONS',
      url,
      headers: { ...PREFLIGHT, 'access-control-request-headers': asked },
    });
    assert.is(answer.statusCode, 200);
    assert.is(answer.body, '');
    assert.equal(corsOf(answer.headers), {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-methods': 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT',
      'access-control-allow-headers': asked,
      ...EXPOSED,
    });
    assert.match(String(answer.headers.allow), /, OPTIONS$/);
    assert.match(String(answer.headers.vary), /^Origin\b/);
  });
}

test('a route registered afterwards answers its own preflight', async () => {
  const { app } = await buildHttp();
  app.options('/late/*', async (_request, reply) => reply.header('allow', 'PATCH, OPTIONS').send());
  const answer = await app.inject({ method: 'OPTIONS', url: '/late/x', headers: PREFLIGHT });
  assert.is(answer.statusCode, 200);
  assert.is(answer.headers.allow, 'PATCH, OPTIONS');
  assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
});

test('a preflight of an unknown path is a 404 that can be read across origins', async () => {
  for (const allowedOrigins of [undefined, LIST]) {
    const { app } = await buildHttp({ allowedOrigins });
    const answer = await app.inject({ method: 'OPTIONS', url: '/nope', headers: PREFLIGHT });
    assert.is(answer.statusCode, 404);
    assert.equal(answer.json(), { message: 'Not found.' });
    assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
    assert.is(answer.headers['access-control-allow-methods'], 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT');
  }
});

test('an OPTIONS that is no preflight tells the methods', async () => {
  const { app } = await buildHttp();
  const answer = await app.inject({ method: 'OPTIONS', url: '/register' });
  assert.equal([answer.statusCode, answer.body, answer.headers.allow], [200, '', 'POST, OPTIONS']);
});

for (const [status, request] of Object.entries({
  401: { url: '/conversation-name' },
  404: { url: '/nope' },
  405: { url: '/register' },
  413: { url: '/register', method: 'POST', payload: 'x'.repeat(100_000) },
  400: { url: '/conversation-name?conversationIntegrationKey=', authorized: true },
  415: { url: '/conversation-name', method: 'POST', payload: 'x', authorized: true },
} as Record<string, { url: string; method?: 'POST'; payload?: string; authorized?: boolean }>)) {
  test(`a ${status} can be read across origins`, async () => {
    const { app, token } = await buildHttp();
    const { authorized, ...rest } = request;
    const answer = await app.inject({
      ...rest,
      headers: { origin: ORIGIN, ...(authorized ? { authorization: token } : {}) },
    });
    assert.is(answer.statusCode, Number(status));
    assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
  });
}

for (const origin of [ORIGIN, 'https://a.agents.example.com']) {
  test(`with a list, ${origin} is served with credentials`, async () => {
    const { app } = await buildHttp({ allowedOrigins: LIST });
    const headers = {
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      ...EXPOSED,
    };
    const register = await app.inject({ method: 'POST', url: '/register', headers: { origin } });
    assert.is(register.statusCode, 200);
    assert.equal(corsOf(register.headers), headers);
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/register',
      headers: { ...PREFLIGHT, origin },
    });
    assert.is(preflight.statusCode, 200);
    assert.is(preflight.headers['access-control-allow-origin'], origin);
  });
}

for (const origin of [FOREIGN, 'null', `${ORIGIN}.evil.example`]) {
  test(`with a list ${origin} may change and read nothing`, async () => {
    const { app, token, names } = await buildHttp({ allowedOrigins: LIST });
    for (const method of ['POST', 'DELETE', 'PATCH', 'PUT', 'OPTIONS'] as const) {
      const answer = await app.inject({
        method,
        url: '/conversation-name',
        headers: { origin, authorization: token, 'access-control-request-method': 'POST' },
        payload: {
          conversationIntegrationKey: '1',
          conversationName: 'projects/demo-project/conversations/c',
        },
      });
      assert.is(answer.statusCode, 403, method);
      assert.equal(answer.json(), { message: 'This origin is not allowed.' });
      assert.equal(corsOf(answer.headers), {});
    }
    assert.is(names.size, 0);
    const get = await app.inject({ url: '/status', headers: { origin } });
    assert.is(get.statusCode, 200);
    assert.equal(corsOf(get.headers), {});
    assert.is(get.headers.vary, 'Origin');
  });
}

test('with a list a request without an origin is served, without a CORS header', async () => {
  const { app } = await buildHttp({ allowedOrigins: LIST });
  const answer = await app.inject({ method: 'POST', url: '/register' });
  assert.is(answer.statusCode, 200);
  assert.equal(corsOf(answer.headers), {});
  const options = await app.inject({ method: 'OPTIONS', url: '/register' });
  assert.is(options.statusCode, 200);
  assert.is(options.headers.allow, 'POST, OPTIONS');
});

test.run();
