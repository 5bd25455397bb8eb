import { gzipSync } from 'node:zlib';
import cors from '@fastify/cors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, open, rawRequest, statusOf } from '../../helpers/raw-http.ts';
import { BASE, ProxyFixture, postJson, readError, until } from './proxy-fixture.ts';

const fixture = new ProxyFixture(test);

test('only content type, encodings and a sound trace of the request are sent on', async () => {
  const proxy = await fixture.startProxy();
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const path = `${BASE}/conversations`;
  const headers = [
    'Content-Type: application/json; charset=utf-8',
    'Content-Length: 2',
    'X-Other: 1',
    'Accept: text/html',
  ];
  await exchange(proxy.port, rawRequest('POST', path, [...headers, `traceparent: ${traceparent}`], '{}'));
  await exchange(proxy.port, rawRequest('POST', path, [...headers, 'traceparent: 00-zz'], '{}'));
  const names = (index: number) => Object.keys(proxy.upstream.seen[index]?.headers ?? {}).sort();
  const always = [
    'accept',
    'accept-encoding',
    'connection',
    'content-length',
    'content-type',
    'host',
    'user-agent',
  ];
  assert.equal(names(0), [...always.slice(0, 6), 'traceparent', 'user-agent']);
  assert.equal(names(1), always);
  assert.is(proxy.upstream.seen[0]?.headers.traceparent, traceparent);
  assert.is(proxy.upstream.seen[0]?.headers['content-type'], 'application/json; charset=utf-8');
});

test('a JSON body reaches Dialogflow byte for byte', async () => {
  const proxy = await fixture.startProxy();
  const body = '{"a":1.10, "a":9007199254740993,\n "conversation_profile":"é\\u00e9", "n":NaN}';
  for (const type of [
    'application/json',
    'APPLICATION/JSON;charset=UTF-8',
    'application/vnd.api+json; v=1',
  ]) {
    const response = await postJson(proxy.origin, `${BASE}/conversations/c/participants`, body, {
      'content-type': type,
    });
    assert.is(response.status, 200, type);
    assert.is(proxy.upstream.seen.at(-1)?.body, body);
    assert.is(proxy.upstream.seen.at(-1)?.headers['content-length'], String(Buffer.byteLength(body)));
  }
});

test('a body of unknown length is sent on, with its length, once it is complete', async () => {
  const proxy = await fixture.startProxy();
  const socket = await open(proxy.port);
  const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
  socket.write(rawRequest('POST', `${BASE}/conversations`, headers, '4\r\n{"a"\r\n'));
  assert.is((await fetch(`${proxy.origin}${BASE}/conversations/c`)).status, 200);
  assert.is(proxy.upstream.seen.length, 1, 'the request is not complete yet');
  socket.write('3\r\n:1}\r\n0\r\n\r\n');
  await until(() => proxy.upstream.seen[1]?.body === '{"a":1}', 'the body is complete');
  assert.is(proxy.upstream.seen[1]?.headers['transfer-encoding'], undefined);
  assert.is(proxy.upstream.seen[1]?.headers['content-length'], '7');
  socket.destroy();
});

test('an answer is sent on while it arrives', async () => {
  const proxy = await fixture.startProxy();
  let finish = () => {};
  proxy.upstream.answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).write('[{"first":1}');
    finish = () => response.end(',{"second":2}]');
  };
  const response = await fetch(`${proxy.origin}${BASE}/conversations/c/messages`);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  assert.is((await reader?.read())?.value, '[{"first":1}');
  finish();
  assert.is((await reader?.read())?.value, ',{"second":2}]');
  assert.is((await reader?.read())?.done, true);
});

test('a compressed answer passes unchanged, if the desktop accepts it', async () => {
  const proxy = await fixture.startProxy();
  const packed = gzipSync('{"name":"é"}', { level: 9 });
  proxy.upstream.answer = (request, response) => {
    const isAsked = request.headers['accept-encoding']?.includes('gzip');
    response.setHeader('content-type', 'application/json').setHeader('vary', 'X-Origin, Origin');
    if (isAsked) response.setHeader('content-encoding', 'gzip').end(packed);
    else response.end('{"name":"é"}');
  };
  const target = `${BASE}/conversationProfiles/p`;
  const zipped = await exchange(proxy.port, rawRequest('GET', target, ['Accept-Encoding: br;q=0.1, gzip']));
  const [head = '', ...rest] = zipped.split('\r\n\r\n');
  assert.match(head, /\r\ncontent-encoding: gzip/i);
  assert.match(head, new RegExp(`\r\ncontent-length: ${packed.length}`, 'i'));
  assert.is(Buffer.compare(Buffer.from(rest.join('\r\n\r\n'), 'latin1'), packed), 0);
  assert.is(proxy.upstream.seen[0]?.headers['accept-encoding'], 'br;q=0.1, gzip');

  const plain = await exchange(proxy.port, rawRequest('GET', target));
  assert.is(proxy.upstream.seen[1]?.headers['accept-encoding'], 'identity');
  assert.not.match(plain, /content-encoding/i);
});

test('headers of connection and origin are dropped, others pass, ours win', async () => {
  const proxy = await fixture.startProxy({
    setUp: async (app) => {
      await app.register(cors, { origin: true });
      app.addHook('onRequest', async (_request, reply) => void reply.header('x-frame-options', 'DENY'));
    },
  });
  proxy.upstream.answer = (_request, response) => {
    response.setHeader('connection', 'keep-alive, X-Private');
    for (const name of [
      'x-private',
      'set-cookie',
      'alt-svc',
      'server',
      'www-authenticate',
      'strict-transport-security',
    ]) {
      response.setHeader(name, 'dropped');
    }
    response.setHeader('access-control-allow-origin', 'https://evil.example');
    response.setHeader('access-control-expose-headers', 'dropped').setHeader('x-frame-options', 'dropped');
    response.setHeader('vary', ['Origin', 'X-Origin, Referer']).setHeader('cache-control', 'private');
    response.setHeader('x-request-id', ['1', '2']).setHeader('content-type', 'application/json').end('{}');
  };
  const response = await exchange(
    proxy.port,
    rawRequest('GET', `${BASE}/conversations/c`, ['Origin: https://desktop.example']),
  );
  assert.is(statusOf(response), 200);
  assert.not.match(response, /dropped|evil|x-private/i);
  assert.match(response, /\r\naccess-control-allow-origin: https:\/\/desktop\.example\r\n/i);
  assert.match(response, /\r\nvary: Origin, X-Origin, Referer\r\n/i);
  assert.match(response, /\r\nx-frame-options: DENY\r\n/i);
  assert.match(response, /\r\ncache-control: private\r\n/i);
  assert.match(response, /\r\nx-request-id: 1\r\nx-request-id: 2\r\n/i);
  assert.is(response.match(/\r\ndate:/gi)?.length, 1);
});

for (const headers of [
  [],
  ['Content-Length: 0'],
  ['Content-Length: 0', 'Content-Type: application/json'],
  ['Content-Length: 0', 'Content-Type: text/plain'],
]) {
  test(`a POST with [${headers}] has no body`, async () => {
    const proxy = await fixture.startProxy();
    const target = `${BASE}/conversations/c/suggestions:suggestConversationSummary`;
    const response = await exchange(proxy.port, rawRequest('POST', target, headers));
    assert.is(statusOf(response), 200);
    const [seen] = proxy.upstream.seen;
    assert.equal([seen?.method, seen?.body, seen?.headers['content-type']], ['POST', '', undefined]);
    assert.is(seen?.headers['content-length'], '0');
  });
}

test('POST to :complete needs neither body nor content type, and sends neither on', async () => {
  const proxy = await fixture.startProxy();
  const forms: [headers: string[], body: string][] = [
    [[], ''],
    [['Content-Length: 0'], ''],
    [['Content-Type: application/json'], ''],
    [['Content-Type: nonsense'], ''],
    [['Content-Type: application/json', 'Content-Length: 7'], '{"a":1}'],
    [['Content-Type: text/plain', 'Transfer-Encoding: chunked'], '3\r\nabc\r\n0\r\n\r\n'],
    [['Content-Type: text/plain', `Content-Length: ${2 * 1024 * 1024}`], 'x'.repeat(2 * 1024 * 1024)],
  ];
  for (const [index, [headers, body]] of forms.entries()) {
    const response = await exchange(
      proxy.port,
      rawRequest('POST', `${BASE}/conversations/c:complete`, headers, body),
    );
    assert.is(statusOf(response), 200, `form ${index}`);
    const seen = proxy.upstream.seen.at(-1);
    assert.equal(
      [seen?.body, seen?.headers['content-length'], seen?.headers['content-type']],
      ['', '0', undefined],
    );
    assert.is(seen?.headers['transfer-encoding'], undefined);
  }
  assert.is(proxy.upstream.seen.length, forms.length);
});

test('Dialogflow’s own errors pass as they are', async () => {
  const proxy = await fixture.startProxy();
  for (const status of [400, 401, 403, 404, 409, 429, 500, 503]) {
    const body = `{"error":{"code":${status},"message":"m","status":"S"}}`;
    proxy.upstream.answer = (_request, response) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    const response = await fetch(`${proxy.origin}${BASE}/conversations/c`);
    assert.equal([response.status, await response.text()], [status, body]);
  }
  proxy.upstream.answer = (_request, response) => response.writeHead(204).end();
  assert.is((await fetch(`${proxy.origin}${BASE}/conversations/c`)).status, 204);
});

test('a redirect of Dialogflow is not followed and becomes 502', async () => {
  const proxy = await fixture.startProxy();
  for (const status of [301, 302, 303, 307, 308, 304]) {
    proxy.upstream.answer = (_request, response) => {
      response.writeHead(status, { location: `${proxy.upstream.origin}/elsewhere` }).end();
    };
    const response = await fetch(`${proxy.origin}${BASE}/conversations/c`, { redirect: 'manual' });
    assert.is(response.status, 502);
    assert.is(response.headers.get('location'), null);
    assert.is((await readError(response)).status, 'UNAVAILABLE');
  }
  assert.is(proxy.upstream.seen.length, 6);
});

test.run();
