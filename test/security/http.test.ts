// What comes over HTTP, as bytes on a real port of a whole relay.
import { connect } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../functions/handler.ts';
import { HTTP_LIMITS } from '../../relay/http/limits.ts';
import { createLogger } from '../../shared/log.ts';
import { exchange, rawRequest, statusOf } from '../helpers/raw-http.ts';
import { TEST_PROJECT } from '../helpers/redis.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { until } from '../helpers/until.ts';
import { buildHttp } from '../relay/http/build.ts';
import { shows } from './table.ts';
import '../helpers/patient-redis.ts';

const CONVERSATION = `projects/${TEST_PROJECT}/conversations/c`;
const fixture = relayFixture(test);

/** A request with a token and a JSON body. */
function request(method: string, path: string, body = '', headers: string[] = []): Promise<string> {
  const own = [`Authorization: ${fixture.relay.token}`, 'Content-Type: application/json'];
  return exchange(
    fixture.relay.port,
    rawRequest(method, path, [...own, `Content-Length: ${Buffer.byteLength(body)}`, ...headers], body),
  );
}

shows('S21', async () => {
  const paths = ['/v2/projects/p/locations/global/conversations//c', '/status/', '//evil.example/%2e%2e'];
  for (const path of [
    ...paths,
    '//status',
    '/register/',
    '/nowhere',
    'http://evil.example/nowhere',
    '/socket.io',
  ]) {
    for (const headers of [[], ['X-Forwarded-Host: evil.example'], ['Forwarded: host=evil.example']]) {
      const answer = await exchange(
        fixture.relay.port,
        rawRequest('GET', path, headers)
          .toString()
          .replace(/^Host: .*$/m, 'Host: evil.example'),
      );
      const isFolded = path === '//status';
      assert.ok(
        isFolded ? statusOf(answer) === 200 : statusOf(answer) >= 400,
        `${path}: ${statusOf(answer)}`,
      );
      assert.not.match(answer, /evil|^location:/im);
    }
  }
});

shows('oversized', async () => {
  const body = JSON.stringify({
    conversationIntegrationKey: 'x'.repeat(20_000),
    conversationName: CONVERSATION,
  });
  assert.is(statusOf(await request('POST', '/conversation-name', body)), 413);
  assert.is(statusOf(await request('POST', '/register', body)), 413);
  const announced = [
    `Authorization: ${fixture.relay.token}`,
    'Content-Type: application/json',
    'Content-Length: 10000000000',
  ];
  for (const path of [
    '/conversation-name',
    '/register',
    `/v2/projects/${TEST_PROJECT}/locations/global/conversations`,
  ]) {
    // No byte of the body is sent: the answer must not wait for it.
    assert.is(statusOf(await exchange(fixture.relay.port, rawRequest('POST', path, announced))), 413, path);
  }
});

shows('deep', async () => {
  for (const deep of [
    '['.repeat(8_000) + ']'.repeat(8_000),
    `${'{"a":'.repeat(2_500)}1${'}'.repeat(2_500)}`,
    '['.repeat(16_000),
  ]) {
    assert.is(statusOf(await request('POST', '/conversation-name', deep)), 400);
    assert.is(statusOf(await request('POST', '/register', deep)), 200);
    const user = `{"gcp_agent_assist_user":${deep}}`.slice(0, 16_384);
    assert.is(statusOf(await request('POST', '/register', user)), 200);
  }
  const dropped = await functionAnswer(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
  assert.match(dropped, '"fault":"no-conversation"');
  const odd = await functionAnswer(`{"conversation":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);
  assert.match(odd, '"fault":"not-a-conversation-name"');
});

/** What a function logs of a message whose data is this text; it acknowledges it, or this rejects. */
async function functionAnswer(text: string): Promise<string> {
  let log = '';
  const handle = createHandler({
    kind: 'new-message-event',
    project: { id: TEST_PROJECT },
    maxBytes: 1024 * 1024,
    eventLog: { append: () => Promise.reject(new Error('it must not come to this')) },
    list: async () => 'listed',
    isTransient: () => false,
    logger: createLogger('test', 'debug', {
      write: (line) => {
        log += line;
      },
    }),
  });
  const message = {
    data: Buffer.from(text).toString('base64'),
    messageId: '1',
    publishTime: '2026-03-12T11:20:12Z',
  };
  await handle({ id: '1', source: 'x', data: { message } });
  return log;
}

shows('prototype', async () => {
  const poison = {
    polluted: true,
    conversationName: CONVERSATION,
    conversationIntegrationKey: '1',
    message: 'polluted',
  };
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const nested = `{"${key}":${JSON.stringify({ ...poison, prototype: poison })}}`;
    assert.is(statusOf(await request('POST', '/conversation-name', nested)), 400, nested);
    assert.is(statusOf(await request('POST', '/register', nested)), 200);
    assert.is(
      statusOf(await request('GET', `/conversation-name?${key}[conversationIntegrationKey]=1&${key}=x`)),
      400,
    );
    // As the integration key itself it is a key like any other, there and back.
    const stored = await request(
      'POST',
      '/conversation-name',
      `{"conversationIntegrationKey":"${key}","conversationName":"${CONVERSATION}"}`,
    );
    assert.match(stored, `{"${key}":"${CONVERSATION}"}`);
    assert.match(
      await request('GET', `/conversation-name?conversationIntegrationKey=${key}`),
      `"${CONVERSATION}"`,
    );
  }
  const fresh: Record<string, unknown> = {};
  for (const name of Object.keys(poison)) assert.is(fresh[name], undefined, name);
});

shows('crlf', async () => {
  const injected = 'a\r\nSet-Cookie: evil=1\r\n\r\n<script>';
  const body = JSON.stringify({ conversationIntegrationKey: injected, conversationName: CONVERSATION });
  const echoed = await request('POST', '/conversation-name', body);
  assert.is(statusOf(echoed), 200);
  assert.not.match(echoed, /^Set-Cookie/im);
  assert.match(echoed, /^content-type: application\/json/im);
  const encoded = encodeURIComponent(injected);
  for (const path of [
    `/conversation-name?conversationIntegrationKey=${encoded}`,
    `/${encoded}`,
    `/status?${encoded}`,
  ]) {
    assert.not.match(await request('GET', path), /^Set-Cookie/im, path);
  }
  // The list of a preflight is the one header that repeats what it was sent.
  for (const line of [
    'Access-Control-Request-Headers: a\nSet-Cookie: evil=1',
    'Origin: https://a\n b',
    'Origin: a\0b',
    'X\rY: z',
  ]) {
    const answer = await exchange(
      fixture.relay.port,
      rawRequest('OPTIONS', '/status', ['Access-Control-Request-Method: GET', line]),
    );
    assert.not.match(answer, /^Set-Cookie/im, line);
    assert.is(statusOf(answer), 400, line);
  }
});

shows('h2c', async () => {
  for (const protocol of ['h2c', 'h2c, websocket', 'TLS/1.2', 'test', '']) {
    const headers = ['Upgrade, HTTP2-Settings', 'keep-alive, Upgrade'].map((connection) => [
      `Connection: ${connection}`,
      `Upgrade: ${protocol}`,
      'HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA',
    ]);
    for (const lines of headers) {
      const answer = await firstAnswer(
        `POST /register HTTP/1.1\r\nHost: x\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\n{}`,
      );
      assert.is(statusOf(answer), 200, protocol);
      assert.match(answer, '"token"');
    }
  }
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
  assert.is(statusOf(await firstAnswer(`GET /status HTTP/1.1\r\nHost: x\r\n${upgrade}`)), 404);
});

/** What comes back on a connection that stays open. */
async function firstAnswer(bytes: string): Promise<string> {
  const socket = connect(fixture.relay.port, '127.0.0.1').setEncoding('latin1');
  let received = '';
  socket.on('data', (text) => {
    received += text;
  });
  socket.write(bytes);
  await until(() => received.includes('\r\n\r\n') && !received.endsWith('\r\n\r\n'));
  socket.destroy();
  return received;
}

shows('slowloris', async () => {
  // The named limits, a hundred times as fast; Node sees to them in steps of checkEveryMs.
  const fast = { ...HTTP_LIMITS, headersMs: 150, requestMs: 300, checkEveryMs: 50 };
  assert.equal(
    [HTTP_LIMITS.headersMs, HTTP_LIMITS.requestMs, HTTP_LIMITS.checkEveryMs],
    [15_000, 30_000, 500],
  );
  const { app } = await buildHttp({ connections: fast });
  fixture.keep(app);
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const starts = [
    'GET /status HTTP/1.1\r\nHost: x\r\nX-Drip: ',
    'POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n',
    '',
  ];
  await Promise.all(
    starts
      .flatMap((start) => Array.from({ length: 20 }, () => start))
      .map(async (start) => {
        const socket = connect(port, '127.0.0.1')
          .on('error', () => {})
          .resume();
        socket.write(start);
        const drip = setInterval(() => start !== '' && socket.write('x'), 20);
        await until(() => socket.destroyed);
        clearInterval(drip);
      }),
  );
});

test.run();
