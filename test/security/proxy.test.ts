// The proxy to Dialogflow, with requests as bytes, because every client would tidy up what they are about.
import { createReadStream, createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, open, rawRequest, statusOf } from '../helpers/raw-http.ts';
import { BASE, ProxyFixture, postJson, type TestProxy, TOKEN } from '../relay/dialogflow/proxy-fixture.ts';
import { shows } from './table.ts';

const fixture = new ProxyFixture(test);

let proxy: TestProxy;
test.before.each(async () => {
  // Without DIALOGFLOW_ENDPOINT, as in production: the host is made of the location, and the credentials are sent.
  proxy = await fixture.startProxy({ hasEndpoint: false });
});

/** Sends each target with every method and checks that nothing left the relay. */
async function isRefused(targets: readonly string[], statuses: readonly number[]): Promise<void> {
  for (const target of targets) {
    for (const method of ['GET', 'POST', 'PATCH', 'HEAD', 'DELETE']) {
      const headers = ['Content-Type: application/json', 'Content-Length: 2'];
      const answer = await exchange(proxy.port, rawRequest(method, target, headers, '{}'));
      assert.ok(statuses.includes(statusOf(answer)), `${method} ${target}: ${statusOf(answer)}`);
      assert.not.match(answer, TOKEN);
    }
  }
  assert.equal(proxy.calledOrigins, []);
}

shows('S2', async () => {
  const hosts = [
    'evil.example%23',
    'evil.example%3F',
    'evil.example%5C',
    'evil.example:8443%23',
    'evil.example%2F',
  ];
  const others = ['x@evil.example%3Fa=', 'x%40evil.example', 'evil.example', 'evil.example:8443', '[::1]'];
  const dressed = [
    'us-central1.evil.example%23',
    'us-central1%00',
    'us-central1%0d%0aHost:evil',
    'GLOBAL',
    'global.',
    '',
  ];
  await isRefused(
    [...hosts, ...others, ...dressed].map(
      (location) => `/v2/projects/my-project/locations/${location}/conversations/c`,
    ),
    [400, 404, 405],
  );
  // A word that looks like a location stays one: whatever it is, the host is Google's.
  await exchange(
    proxy.port,
    rawRequest('GET', '/v2/projects/my-project/locations/localhost/conversations/c'),
  );
  assert.equal(proxy.calledOrigins, ['https://localhost-dialogflow.googleapis.com']);
});

shows('S3', async () => {
  const tails = [
    '%2e%2e/answerRecords%3FpageSize=100%26x',
    '%2e%2e/conversationProfiles',
    '%2E%2E/%2E%2E',
    '../answerRecords',
    'c/../../answerRecords',
    'c%23frag/participants',
    'c%3Fx=1',
    'c%2F..%2F..%2FanswerRecords',
    './c',
    'c/.',
  ];
  await isRefused(
    tails.map((tail) => `${BASE}/conversations/${tail}`),
    [400, 405],
  );
});

shows('S4', async () => {
  const body = '{"displayName":"pwn"}';
  const headers = ['Content-Type: application/json', `Content-Length: ${body.length}`];
  const target = `${BASE}/conversationProfiles/x?updateMask=displayName`;
  assert.is(statusOf(await exchange(proxy.port, rawRequest('HEAD', target, headers, body))), 200);
  const records = await exchange(proxy.port, rawRequest('HEAD', `${BASE}/answerRecords/x`, headers, body));
  assert.is(statusOf(records), 200);
  const search = await exchange(
    proxy.port,
    rawRequest('HEAD', `${BASE}/suggestions:searchKnowledge`, headers, body),
  );
  assert.is(statusOf(search), 405);
  assert.equal(
    proxy.upstream.seen.map(({ method, body: sent }) => [method, sent]),
    [
      ['GET', ''],
      ['GET', ''],
    ],
  );
});

shows('S5', async () => {
  const rest = 'locations/global/conversations/c';
  await isRefused([`/v2/projects/other-project/${rest}`, `/v2/projects/-/${rest}`], [400, 403, 405]);
  const versions = ['anything', 'v1', 'v3', 'v2beta1.', 'V2', 'v2%62eta1'];
  await isRefused(
    versions.map((version) => `/${version}/projects/my-project/${rest}`),
    [400, 404],
  );
});

shows('paths', async () => {
  const tricks = [
    '%252e%252e/answerRecords',
    '%252fanswerRecords',
    'c%2fanswerRecords',
    'c%c0%ae%c0%ae',
    'c%c0%afanswerRecords',
    'c%e0%80%ae',
    '%EF%BC%8F%EF%BC%8E',
    'c%5canswerRecords',
    'c\\answerRecords',
    '...',
    'c;x=1/y',
    'c%00',
    'c%0a',
    'c//d',
    '-/messages',
  ];
  // A fullwidth slash is a letter like others to Dialogflow: it is the only one that may pass, and passes as it is.
  const [fullwidth, refused] = [
    tricks.filter((path) => path.startsWith('%EF')),
    tricks.filter((path) => !path.startsWith('%EF')),
  ];
  await isRefused(
    refused.map((path) => `${BASE}/conversations/${path}`),
    [400, 404, 405],
  );
  await exchange(proxy.port, rawRequest('GET', `${BASE}/conversations/${fullwidth[0]}`));
  assert.equal(
    proxy.upstream.seen.map(({ target }) => target),
    [`${BASE}/conversations/${fullwidth[0]}`],
  );
});

shows('S23', async () => {
  proxy.upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(302, { location: 'http://evil.example/', 'set-cookie': 'a=b' }).end();
  };
  const redirected = await exchange(proxy.port, rawRequest('GET', `${BASE}/conversations/c`));
  assert.is(statusOf(redirected), 502);
  assert.not.match(redirected, /evil|set-cookie/i);

  const bound = [
    'set-cookie',
    'alt-svc',
    'strict-transport-security',
    'clear-site-data',
    'report-to',
    'server',
  ];
  proxy.upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(200, Object.fromEntries(bound.map((name) => [name, 'evil']))).end('{}');
  };
  const answer = await exchange(proxy.port, rawRequest('GET', `${BASE}/conversations/c`));
  assert.is(statusOf(answer), 200);
  assert.not.match(answer, 'evil');
  assert.is(proxy.calledOrigins.length, 2);
});

shows('bomb-in', async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip', 'x-gzip']) {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const response = await fetch(`${proxy.origin}${BASE}/conversations`, {
      method: 'POST',
      headers,
      body: bomb,
    });
    assert.is(response.status, 415, encoding);
  }
  assert.equal(proxy.calledOrigins, []);
});

shows('bomb-out', async () => {
  const unpackedMb = 500;
  const file = join(fixture.directory(), 'bomb.gz');
  const zeros = Buffer.alloc(1024 * 1024);
  await pipeline(
    Readable.from(Array.from({ length: unpackedMb }, () => zeros)),
    createGzip({ level: 1 }),
    createWriteStream(file),
  );
  proxy.upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    createReadStream(file).pipe(response);
  };
  const before = process.memoryUsage().rss;
  let highest = before;
  const watch = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 5);
  // Read as bytes: a client with a decompressor would measure itself.
  const socket = await open(proxy.port);
  socket.write(rawRequest('GET', `${BASE}/conversations/c`, ['Accept-Encoding: gzip']));
  let [head, bytes] = ['', 0];
  for await (const chunk of socket) {
    head ||= String(chunk);
    bytes += (chunk as Buffer).length;
  }
  clearInterval(watch);
  assert.match(head, /content-encoding: gzip/i);
  assert.ok(bytes > 100_000, String(bytes));
  assert.ok(highest - before < 150 * 1024 * 1024, `${Math.round((highest - before) / 2 ** 20)} MB`);
});

test('a good call goes through, so that the refusals above mean something', async () => {
  const response = await postJson(proxy.origin, `${BASE}/conversations`, '{}');
  assert.is(response.status, 200);
  assert.equal(proxy.calledOrigins, ['https://dialogflow.googleapis.com']);
});

test.run();
