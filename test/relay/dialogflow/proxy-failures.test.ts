import { createServer } from 'node:net';
import cors from '@fastify/cors';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CredentialsError } from '../../../relay/google/credentials.ts';
import { exchange, open, rawRequest, statusOf } from '../../helpers/raw-http.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { BASE, ProxyFixture, postJson, readError, TOKEN, until } from './proxy-fixture.ts';

const fixture = new ProxyFixture(test);

/** Short enough to wait for, long enough for an answer on a busy machine. */
const SHORT_MS = 500;
const conversation = `${BASE}/conversations/c`;

test('an unreachable or broken Dialogflow is 502, and the log has no query', async () => {
  const garbage = createServer((socket) => socket.resume().end('SSH-2.0-nonsense\r\n'));
  const garbagePort = await fixture.listen(garbage);
  for (const endpoint of ['http://127.0.0.1:1', `http://127.0.0.1:${garbagePort}`]) {
    const proxy = await fixture.startProxy({ endpoint });
    const response = await fetch(`${proxy.origin}${conversation}?filter=private`);
    assert.equal(await response.json(), {
      error: { code: 502, message: 'Dialogflow cannot be reached', status: 'UNAVAILABLE' },
    });
    assert.is(response.status, 502);
    const log = proxy.logged.join('');
    assert.match(log, /"route":"\/v2beta1\/projects\/\*\/locations\/\*\/conversations\/\*\*","status":502/);
    assert.not.match(log, /private|conversations\/c/);
  }
});

test('Dialogflow that does not start its answer in time is 504, and the call is ended', async () => {
  const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS });
  proxy.upstream.answer = () => {};
  for (const call of [
    () => fetch(`${proxy.origin}${conversation}`),
    () => postJson(proxy.origin, conversation, '{}'),
  ]) {
    const before = proxy.upstream.seen.length;
    let response = await call();
    // On a busy machine the time may be over before the call has reached Dialogflow.
    while (proxy.upstream.seen.length === before) response = await call();
    assert.is(response.status, 504);
    assert.equal(await readError(response), {
      code: 504,
      message: 'Dialogflow did not answer in time',
      status: 'DEADLINE_EXCEEDED',
    });
    await until(() => proxy.upstream.seen.at(-1)?.isBroken === true, 'the call is ended');
  }
});

test('an answer that stalls before its first byte is 504 without its headers', async () => {
  const setUp = (app: Parameters<typeof cors>[0]) => app.register(cors, { origin: true });
  const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS, setUp });
  proxy.upstream.answer = (_request, response) => {
    response.setHeader('content-encoding', 'gzip').setHeader('x-upstream', '1').setHeader('vary', 'X-Origin');
    response.writeHead(200, { 'content-length': 100 }).flushHeaders();
  };
  const response = await fetch(`${proxy.origin}${conversation}`, {
    headers: { origin: 'https://desktop.example' },
  });
  assert.is(response.status, 504);
  assert.is((await readError(response)).status, 'DEADLINE_EXCEEDED');
  for (const name of ['content-encoding', 'x-upstream']) assert.is(response.headers.get(name), null);
  assert.is(response.headers.get('access-control-allow-origin'), 'https://desktop.example');
  assert.is(response.headers.get('vary'), 'Origin');
});

test('an answer that breaks half-way breaks the connection of the desktop', async () => {
  for (const headers of [{}, { 'content-length': '100' }]) {
    for (const isBreaking of [true, false]) {
      const proxy = await fixture.startProxy(isBreaking ? {} : { timeoutMs: SHORT_MS });
      proxy.upstream.answer = (_request, response) => {
        response.writeHead(200, headers).write('{"half":');
        if (isBreaking) setTimeout(() => response.destroy(), 20);
      };
      let response: string;
      do response = await exchange(proxy.port, rawRequest('GET', conversation));
      while (!isBreaking && statusOf(response) === 504); // before it was half-way
      assert.is(statusOf(response), 200);
      assert.match(response, /\{"half":(\r\n)?$/, 'neither the last chunk nor anything else follows');
      await until(() => proxy.upstream.seen.at(-1)?.isBroken === true, 'the call is ended');
    }
  }
});

test('an answer that flows may take longer than the time for its start', () =>
  undisturbed(async () => {
    const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS });
    proxy.upstream.answer = (_request, response) => {
      response.writeHead(200).flushHeaders();
      let parts = 0;
      const timer = setInterval(() => {
        parts += 1;
        if (parts < 12) return response.write(`${parts},`);
        clearInterval(timer);
        response.end('end');
      }, SHORT_MS / 8);
    };
    const response = await fetch(`${proxy.origin}${conversation}`);
    assert.is(await response.text(), '1,2,3,4,5,6,7,8,9,10,11,end');
  }));

test('a desktop that goes away ends the call, before and amid the answer', async () => {
  const proxy = await fixture.startProxy();
  for (const isAnswering of [false, true]) {
    proxy.upstream.answer = (_request, response) => {
      if (isAnswering) response.writeHead(200).write('first');
    };
    const socket = await open(proxy.port);
    socket.write(rawRequest('GET', conversation));
    const count = proxy.upstream.seen.length + 1;
    if (isAnswering) await new Promise((resolve) => socket.once('data', resolve));
    else await until(() => proxy.upstream.seen.length === count, 'the call has arrived');
    assert.not(proxy.upstream.seen.at(-1)?.isBroken);
    socket.destroy();
    await until(() => proxy.upstream.seen.at(-1)?.isBroken === true, 'the call is ended');
  }
  assert.not.match(proxy.logged.join(''), /"level":(40|50)/, 'nobody is to blame');
});

test('a desktop that does not read its answer is cut off', async () => {
  const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS });
  proxy.upstream.answer = (_request, response) => response.end(Buffer.alloc(64 * 1024 * 1024));
  const socket = await open(proxy.port);
  socket.on('error', () => {});
  socket.write(rawRequest('GET', conversation));
  await until(() => proxy.upstream.seen[0]?.isBroken === true, 'the call is ended');
  socket.destroy();
});

test('credentials that fail are 502 without a detail, and ones that hang 504', async () => {
  const none = new CredentialsError('Google credentials: none could be loaded');
  const failures: [headers: () => Promise<Record<string, string>>, status: number, message: string][] = [
    [() => Promise.reject(none), 502, 'there are no credentials for Dialogflow'],
    [() => Promise.reject(new Error(`invalid_grant for ${TOKEN}`)), 502, 'Dialogflow cannot be reached'],
    [() => new Promise(() => {}), 504, 'Dialogflow did not answer in time'],
  ];
  for (const [headers, status, message] of failures) {
    const credentials = { headers, invalidate: () => {} };
    const timeoutMs = status === 504 ? SHORT_MS : 30_000;
    const proxy = await fixture.startProxy({ hasEndpoint: false, timeoutMs, credentials });
    const response = await postJson(proxy.origin, conversation, '{"text":"private"}');
    assert.is(response.status, status);
    assert.is((await readError(response)).message, message);
    assert.not.match(proxy.logged.join(''), /ya29|private/);
    assert.is(proxy.upstream.seen.length, 0);
  }
});

test('a 401 of Dialogflow passes and makes the next call ask for new credentials', async () => {
  let invalidated = 0;
  const credentials = {
    headers: async () => ({ authorization: `Bearer ${TOKEN}` }),
    invalidate: () => {
      invalidated += 1;
    },
  };
  const proxy = await fixture.startProxy({ hasEndpoint: false, credentials });
  await fetch(`${proxy.origin}${conversation}`);
  assert.is(invalidated, 0);
  proxy.upstream.answer = (_request, response) => response.writeHead(401).end('{}');
  assert.is((await fetch(`${proxy.origin}${conversation}`)).status, 401);
  assert.is(invalidated, 1);
});

test('no log line holds a body, a name or a query', async () => {
  const proxy = await fixture.startProxy({ timeoutMs: SHORT_MS });
  const path = `${BASE}/conversations/private-name?filter=private-query`;
  await postJson(proxy.origin, path, '{"text":"private-text"}', { authorization: 'private-token' });
  proxy.upstream.answer = () => {};
  await postJson(proxy.origin, path, '{"text":"private-text"}', { authorization: 'private-token' });
  await postJson(proxy.origin, `${BASE}/conversations/private-name/..`, '{"text":"private-text"}');
  assert.match(proxy.logged.join(''), /"status":504/);
  assert.not.match(proxy.logged.join(''), /private/);
});

test('closing the app lets a call finish and then closes its connections to Dialogflow', async () => {
  const proxy = await fixture.startProxy();
  let finish = () => {};
  proxy.upstream.answer = (_request, response) => {
    finish = () => response.end('{}');
  };
  let isClosed = false;
  proxy.upstream.server.once('connection', (socket) => {
    socket.once('close', () => {
      isClosed = true;
    });
  });
  const call = fetch(`${proxy.origin}${conversation}`, { headers: { connection: 'close' } });
  await until(() => proxy.upstream.seen.length === 1, 'the call has arrived');
  const closing = proxy.app.close();
  finish();
  assert.is((await call).status, 200);
  await closing;
  await until(() => isClosed, 'the connection to Dialogflow is closed');
});

test.run();
