import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HttpError } from '../../../relay/http/errors.ts';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { buildHttp, ORIGIN } from './build.ts';

test('GET /status answers with the greeting of the reference, byte for byte', async () => {
  const { app } = await buildHttp();
  const answer = await app.inject('/status');
  assert.is(answer.statusCode, 200);
  assert.is(answer.headers['content-type'], 'text/html; charset=utf-8');
  assert.is(answer.body, 'Hello, cross-origin-world!');
  assert.is(answer.headers['content-length'], '26');
});

for (const url of ['/status', '/health', '/ready', '/conversation-name?conversationIntegrationKey=1']) {
  test(`HEAD ${url} is GET without a body`, async () => {
    const { app, token } = await buildHttp();
    const headers = { authorization: token };
    const [get, head] = await Promise.all([
      app.inject({ url, headers }),
      app.inject({ url, headers, method: 'HEAD' }),
    ]);
    assert.is(get.statusCode, 200);
    assert.is(head.statusCode, 200);
    assert.is(head.body, '');
    assert.is(head.headers['content-length'], get.headers['content-length']);
  });
}

const ALLOW: Record<string, string> = {
  '/status': 'GET, HEAD, OPTIONS',
  '/health': 'GET, HEAD, OPTIONS',
  '/ready': 'GET, HEAD, OPTIONS',
  '/register': 'POST, OPTIONS',
  '/conversation-name': 'GET, HEAD, POST, DELETE, OPTIONS',
};

for (const [url, allow] of Object.entries(ALLOW)) {
  test(`${url} answers other methods with 405`, async () => {
    const { app } = await buildHttp();
    const methods = (['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const).filter(
      (method) => !allow.split(', ').includes(method),
    );
    assert.ok(methods.length >= 3);
    for (const method of methods) {
      const answer = await app.inject({
        method,
        url,
        headers: { origin: ORIGIN, 'content-type': 'application/json' },
        ...(method === 'GET' || method === 'HEAD' || method === 'TRACE' ? {} : { payload: '{' }),
      });
      assert.is(answer.statusCode, 405, method);
      assert.is(answer.headers.allow, allow, method);
      assert.is(answer.headers['access-control-allow-origin'], ORIGIN, method);
      if (method !== 'HEAD') assert.equal(answer.json(), { message: 'The method is not allowed here.' });
    }
  });
}

for (const url of [
  '/nope',
  '/status/',
  '/Status',
  '//',
  '/register//',
  '/v2/projects/p/locations/global/conversations//c',
]) {
  test(`${url} is 404, no redirect`, async () => {
    const { app } = await buildHttp();
    for (const method of ['GET', 'POST', 'DELETE'] as const) {
      const answer = await app.inject({ method, url, headers: { host: 'evil.example', origin: ORIGIN } });
      assert.is(answer.statusCode, 404);
      assert.equal(answer.json(), { message: 'Not found.' });
      assert.is(answer.headers.location, undefined);
      assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
      assert.not.match(JSON.stringify(answer.headers) + answer.body, 'evil');
    }
  });
}

test('a request to nowhere is a 404, whatever its body is', async () => {
  const { app } = await buildHttp();
  for (const type of ['application/json', 'text/plain', 'nonsense']) {
    const answer = await app.inject({
      method: 'POST',
      url: '/nope',
      headers: { 'content-type': type },
      payload: '{'.repeat(HTTP_LIMITS.bodyMaxBytes + 1),
    });
    assert.is(answer.statusCode, 404);
  }
});

test('a malformed URL is a 400 that does not repeat it', async () => {
  const { app, lines } = await buildHttp();
  const answer = await app.inject('/conversation-name/%zz?conversationIntegrationKey=+15550001');
  assert.is(answer.statusCode, 400);
  assert.equal(answer.json(), { message: 'The URL is malformed.' });
  assert.not.match(lines.join(''), '15550001');
});

test('a path parameter that is too long is a 414', async () => {
  const { app } = await buildHttp();
  app.get('/thing/:id', async () => 'thing');
  assert.is((await app.inject(`/thing/${'x'.repeat(1024)}`)).statusCode, 200);
  const answer = await app.inject(`/thing/${'x'.repeat(1025)}`);
  assert.is(answer.statusCode, 414);
  assert.equal(answer.json(), { message: 'The URL is too long.' });
});

for (const [name, error] of Object.entries({
  'a plain error': new Error('secret detail'),
  'an error that claims a status': Object.assign(new Error('secret detail'), {
    statusCode: 418,
    status: 418,
  }),
  'an error with a code of its own': Object.assign(new Error('secret detail'), { code: 'ECONNREFUSED' }),
  'a refused connection reset': Object.assign(new Error('secret detail'), { code: 'ECONNRESET' }),
})) {
  test(`${name} is a logged 500 without detail for any origin`, async () => {
    const { app, lines } = await buildHttp();
    app.get('/broken', async () => {
      throw error;
    });
    const answer = await app.inject({ url: '/broken', headers: { origin: ORIGIN } });
    assert.is(answer.statusCode, 500);
    assert.equal(answer.json(), { message: 'Internal error.' });
    assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
    const logged = lines.map((line) => JSON.parse(line)).find((line) => line.severity === 'ERROR');
    assert.is(logged?.err.message, 'secret detail');
  });
}

test('a thrown value that is no error is a 500, too', async () => {
  const { app } = await buildHttp();
  app.get('/broken', () => Promise.reject('secret detail'));
  const answer = await app.inject('/broken');
  assert.is(answer.statusCode, 500);
  assert.equal(answer.json(), { message: 'Internal error.' });
});

test('routes registered afterwards answer an HttpError with its status and message', async () => {
  const { app } = await buildHttp();
  app.register((scope, _options, done) => {
    scope.get('/late', async () => {
      throw new HttpError(409, 'Not now.');
    });
    done();
  });
  const answer = await app.inject('/late');
  assert.is(answer.statusCode, 409);
  assert.equal(answer.json(), { message: 'Not now.' });
});

test('a request is logged by its route, never by its URL, token or address', async () => {
  const { app, token, lines } = await buildHttp();
  await app.inject({
    url: '/conversation-name?conversationIntegrationKey=%2B15550001234',
    headers: { authorization: token, traceparent: '00-0123456789abcdef0123456789abcdef-0123456789abcdef-01' },
  });
  assert.is(lines.length, 1);
  const { time, ms, ...line } = JSON.parse(lines[0] ?? '');
  assert.type(time, 'string');
  assert.type(ms, 'number');
  assert.equal(line, {
    severity: 'INFO',
    service: 'relay',
    reqId: 'req-1',
    'logging.googleapis.com/trace': 'projects/demo-project/traces/0123456789abcdef0123456789abcdef',
    'logging.googleapis.com/spanId': '0123456789abcdef',
    'logging.googleapis.com/trace_sampled': true,
    method: 'GET',
    route: '/conversation-name',
    status: 200,
    message: 'request',
  });
});

test('nothing of a refused request reaches the log but its route', async () => {
  const { app, lines } = await buildHttp();
  const secrets = {
    authorization: 'Bearer SECRET-TOKEN',
    'x-request-id': 'SECRET-ID',
    'request-id': 'SECRET-ID',
  };
  for (const url of [
    '/conversation-name?conversationIntegrationKey=SECRET-KEY',
    '/nope/SECRET-PATH?a=SECRET',
  ]) {
    for (const method of ['GET', 'POST', 'DELETE', 'PUT'] as const) {
      await app.inject({
        method,
        url,
        headers: { ...secrets, 'content-type': 'application/json' },
        payload: 'SECRET',
      });
    }
  }
  assert.is(lines.length, 8);
  assert.not.match(lines.join(''), 'SECRET');
});

test('probes of a healthy relay leave no line', async () => {
  const { app, lines } = await buildHttp();
  await app.inject('/health');
  await app.inject('/ready');
  assert.equal(lines, []);
});

test.run();
