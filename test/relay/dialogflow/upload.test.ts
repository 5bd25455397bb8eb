import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readBody } from '../../../relay/rate-limits/request-body.ts';
import { exchange, open, rawRequest, statusOf } from '../../helpers/raw-http.ts';
import { BASE, ProxyFixture, postJson, readError, until } from './proxy-fixture.ts';

const fixture = new ProxyFixture(test);

/** Short enough to wait for, long enough for an answer on a busy machine. */
const SHORT_MS = 500;
const conversation = `${BASE}/conversations/c`;

test('a body at the limit passes, and one above it is 413 before any call', async () => {
  const proxy = await fixture.startProxy({ bodyMaxBytes: 1000 });
  assert.is((await postJson(proxy.origin, conversation, '1'.repeat(1000))).status, 200);
  assert.is(proxy.upstream.seen[0]?.body?.length, 1000);
  const response = await postJson(proxy.origin, conversation, '1'.repeat(1001));
  assert.is(response.status, 413);
  assert.is((await readError(response)).status, 'INVALID_ARGUMENT');
  assert.is(proxy.upstream.seen.length, 1);
});

test('a body of unknown length over the limit is 413 and never complete at Google', async () => {
  const proxy = await fixture.startProxy({ bodyMaxBytes: 1000 });
  const headers = ['Content-Type: application/json', 'Transfer-Encoding: chunked'];
  for (const chunks of [['1'.repeat(1001)], ['1'.repeat(900), '1'.repeat(101), '1'.repeat(50)]]) {
    const body = `${chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')}0\r\n\r\n`;
    const response = await exchange(proxy.port, rawRequest('POST', conversation, headers, body));
    assert.is(statusOf(response), 413);
    assert.match(response, /"code":413/);
  }
  const atLimit = `${(1000).toString(16)}\r\n${'1'.repeat(1000)}\r\n0\r\n\r\n`;
  assert.is(statusOf(await exchange(proxy.port, rawRequest('POST', conversation, headers, atLimit))), 200);
  assert.is(proxy.upstream.seen.filter((seen) => seen.body !== undefined).length, 1);
});

test('a sender that goes on after 413 is cut off', async () => {
  const proxy = await fixture.startProxy({ bodyMaxBytes: 1000 });
  for (const framing of ['Transfer-Encoding: chunked', 'Content-Length: 1000000000']) {
    const socket = await open(proxy.port);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
    });
    const start = `POST ${conversation} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;
    socket.write(framing.startsWith('T') ? `${start}5dc\r\n${'1'.repeat(1500)}\r\n` : `${start}1`);
    await until(() => statusOf(received) === 413, 'the answer is here');
    socket.write(framing.startsWith('T') ? `5dc\r\n${'1'.repeat(1500)}\r\n` : '1'.repeat(1500));
    await closed;
  }
});

test('an upload that is cut half-way never reaches Dialogflow', async () => {
  const proxy = await fixture.startProxy();
  for (const [framing, part] of [
    ['Content-Length: 100', '{"half":'],
    ['Transfer-Encoding: chunked', '8\r\n{"half":\r\n'],
  ]) {
    const arrived = new Promise((resolve) =>
      proxy.app.server.once('request', (request) => request.once('data', resolve)),
    );
    const socket = await open(proxy.port);
    const closed = new Promise((resolve) =>
      proxy.app.server.once('request', (_request, response) => response.once('close', resolve)),
    );
    socket.write(rawRequest('POST', conversation, ['Content-Type: application/json', framing ?? ''], part));
    await arrived;
    socket.destroy();
    await closed;
  }
  assert.is((await fetch(`${proxy.origin}${conversation}`)).status, 200);
  assert.equal(
    proxy.upstream.seen.map(({ method }) => method),
    ['GET'],
  );
});

test('what reads an upload is told that it was cut, and never that it has ended', async () => {
  const outcomes: unknown[] = [];
  const server = createServer((request) => {
    readBody(request, {
      maxBytes: 1000,
      tooLarge: () => new Error('too large'),
      hold: () => {},
      signal: new AbortController().signal,
    }).then(
      (body) => outcomes.push(body.toString()),
      (error: Error) => outcomes.push(error.constructor),
    );
  });
  const port = await fixture.listen(server);
  for (const [framing, part] of [
    ['Content-Length: 100', '{"half":'],
    ['Transfer-Encoding: chunked', '8\r\n{"half":\r\n'],
  ] as const) {
    const socket = await open(port);
    const arrived = new Promise((resolve) =>
      server.once('request', (request) => request.once('data', resolve)),
    );
    socket.write(rawRequest('POST', '/', [framing], part));
    await arrived;
    socket.destroy();
  }
  await until(() => outcomes.length === 2, 'both uploads are over');
  assert.equal(outcomes, [Error, Error]);
});

test('an upload that stalls is 408, and its connection is closed', async () => {
  const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS });
  const head = `POST ${conversation} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
  const response = await exchange(proxy.port, `${head}{"half":`);
  assert.is(statusOf(response), 408);
  assert.match(response, /\r\nconnection: close\r\n/i);
  assert.match(response, /"status":"DEADLINE_EXCEEDED"/);
  assert.is(proxy.upstream.seen.length, 0);
});

test('an answer to an upload of several parts is passed on, and the connection goes on', async () => {
  const proxy = await fixture.startProxy();
  proxy.upstream.answer = (_request, response) => response.writeHead(429).end('{"error":{}}');
  const socket = await open(proxy.port);
  let received = '';
  socket.setEncoding('latin1').on('data', (text: string) => {
    received += text;
  });
  const head = `POST ${conversation} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 300000\r\n\r\n`;
  socket.write(`${head}${'1'.repeat(100_000)}`);
  await sleep(50);
  assert.is(proxy.upstream.seen.length, 0, 'the body is not complete yet');
  socket.write('1'.repeat(200_000));
  await until(() => statusOf(received) === 429, 'the answer is here');
  assert.is(proxy.upstream.seen[0]?.body?.length, 300_000);
  received = '';
  socket.write(rawRequest('GET', conversation));
  await until(() => received.includes('{"error":{}}'), 'the next answer is here');
  assert.is(statusOf(received), 429);
  assert.is(proxy.upstream.seen.at(-1)?.method, 'GET');
  socket.destroy();
});

test.run();
