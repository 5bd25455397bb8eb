// What only a real port shows: the bytes on the wire, slow clients, and connections that became something else.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { type Connection, dial } from '../../helpers/raw-http.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { type BuiltHttp, buildHttp } from './build.ts';

/** The real limits, a hundred times as fast. */
const FAST = { ...HTTP_LIMITS, headersMs: 150, requestMs: 300, checkEveryMs: 50 };

const fixture = new Fixture(test);

async function listening(
  overrides: Parameters<typeof buildHttp>[0] = {},
): Promise<BuiltHttp & { dial(): Connection }> {
  const built = await buildHttp(overrides);
  fixture.keep(built.app);
  const { port } = new URL(await built.app.listen({ port: 0, host: '127.0.0.1' }));
  return { ...built, dial: () => fixture.keep(dial(Number(port))) };
}

/** Sends text and resolves with what came back once the server has closed, as `Connection: close` makes it. */
async function exchange(connection: Connection, text: string): Promise<string> {
  connection.socket.write(text);
  await until(() => connection.isClosed);
  return connection.received;
}

test('the answer to /status is exact on the wire', async () => {
  const { dial } = await listening();
  const answer = await exchange(dial(), 'GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assert.match(answer, /\r\ncontent-length: 26\r\n/);
  assert.match(answer, /\r\n\r\nHello, cross-origin-world!$/);
});

test('HEAD sends no byte of a body', async () => {
  const { dial } = await listening();
  const answer = await exchange(dial(), 'HEAD /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  assert.match(answer, /\r\ncontent-length: 26\r\n/);
  assert.match(answer, /\r\n\r\n$/);
});

test('a leading // and an absolute URL lead nowhere, and no host is repeated', async () => {
  const { dial } = await listening();
  for (const target of [
    '//evil.example/status',
    '/status//',
    '/register/../status',
    'http://evil.example/nope',
  ]) {
    const answer = await exchange(
      dial(),
      `GET ${target} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 404 /, target);
    assert.not.match(answer, /evil|location/i);
  }
});

test('registering works with a chunked body, and a long one is cut off with 413', async () => {
  const { dial } = await listening();
  const head =
    'POST /register HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n';
  const small = await exchange(dial(), `${head}2\r\n{}\r\n0\r\n\r\n`);
  assert.match(small, /^HTTP\/1\.1 200 /);
  // No final chunk: the answer must not wait for it.
  const large = await exchange(
    dial(),
    `${head}${(HTTP_LIMITS.bodyMaxBytes + 1).toString(16)}\r\n${'x'.repeat(HTTP_LIMITS.bodyMaxBytes + 1)}\r\n`,
  );
  assert.match(large, /^HTTP\/1\.1 413 /);
});

test('a request refused before its body was read leaves the connection in order', async () => {
  const { dial } = await listening();
  const body = 'x'.repeat(200_000);
  const answer = await exchange(
    dial(),
    `POST /conversation-name HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}` +
      'GET /status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 401 /);
  assert.match(answer, /HTTP\/1\.1 200 OK\r\n(?:.+\r\n)+\r\nHello, cross-origin-world!$/);
});

test('header lines that HTTP forbids are a 400, and so are two lengths', async () => {
  const { dial } = await listening();
  for (const line of [
    'X: a\r\n b',
    'X: a\u0000b',
    'Content-Length: 1\r\nContent-Length: 2',
    'Content-Length: 1\r\nTransfer-Encoding: chunked',
  ]) {
    const answer = await exchange(
      dial(),
      `POST /register HTTP/1.1\r\nHost: x\r\n${line}\r\nConnection: close\r\n\r\n0\r\n\r\n`,
    );
    assert.match(answer, /^HTTP\/1\.1 400 /, JSON.stringify(line));
  }
});

test('a header that goes on for ever is a 431', async () => {
  const { dial } = await listening();
  const answer = await exchange(
    dial(),
    `GET /status HTTP/1.1\r\nHost: x\r\nAuthorization: ${'x'.repeat(20_000)}\r\n\r\n`,
  );
  assert.match(answer, /^HTTP\/1\.1 431 /);
});

test('a client that leaves in the middle of its body is no failure of ours', async () => {
  const { app, dial, lines } = await listening();
  const client = dial();
  const arrived = once(app.server, 'request');
  client.socket.write('POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it');
  await arrived;
  client.socket.destroy();
  await until(() => lines.some((line) => line.includes('"route":"/register"')));
  await sleep(50);
  const requests = lines.filter((line) => !line.includes('Server listening'));
  assert.is(requests.length, 1, lines.join(''));
  assert.match(requests[0] ?? '', '"severity":"INFO"');
  assert.match(requests[0] ?? '', '"status":499');
});

test('a client that sends its header too slowly is cut off', async () => {
  const { dial } = await listening({ connections: FAST });
  const client = dial();
  const drip = setInterval(() => client.socket.write('X-Drip: drip\r\n'), 20);
  const answer = await exchange(client, 'GET /status HTTP/1.1\r\nHost: x\r\n').finally(() =>
    clearInterval(drip),
  );
  assert.match(answer, /^HTTP\/1\.1 408 /);
});

test('a client that sends nothing at all is cut off', async () => {
  const { dial } = await listening({ connections: FAST });
  const client = dial();
  await until(() => client.isClosed);
});

test('a client that sends its body too slowly is cut off', async () => {
  const { dial } = await listening({ connections: FAST });
  const client = dial();
  const drip = setInterval(() => client.socket.write('x'), 20);
  await exchange(client, 'POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n').finally(() =>
    clearInterval(drip),
  );
});

test('no time limit ends an upgraded connection or one that awaits its answer', () =>
  undisturbed(async () => {
    const { app, dial } = await listening({ connections: { ...FAST, keepAliveMs: 50 } });
    app.server.on('upgrade', (_request, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.on('data', (data) => socket.write(data));
      socket.on('end', () => socket.end());
      socket.on('error', () => {});
    });
    const upgraded = dial();
    upgraded.socket.write('GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await until(() => upgraded.received.includes('101'));
    await sleep(2 * FAST.requestMs + FAST.checkEveryMs);
    upgraded.socket.write('still here');
    await until(() => upgraded.received.endsWith('still here'));
    assert.not(upgraded.isClosed);
  }));

test('a slow handler may take longer than a slow client', () =>
  undisturbed(async () => {
    const built = await buildHttp({ connections: FAST });
    fixture.keep(built.app);
    built.app.get('/slow', async () => {
      await sleep(2 * FAST.requestMs + FAST.checkEveryMs);
      return 'done';
    });
    await built.app.listen({ port: 0, host: '127.0.0.1' });
    const answer = await fetch(`${built.app.listeningOrigin}/slow`);
    assert.is(await answer.text(), 'done');
  }));

test('a connection that idles too long is closed', async () => {
  const { dial } = await listening({ connections: { ...HTTP_LIMITS, keepAliveMs: 50 } });
  const client = dial();
  client.socket.write('GET /status HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => client.isClosed);
  assert.match(client.received, /^HTTP\/1\.1 200 /);
});

test('connections beyond the limit are dropped, and taken again when others have gone', async () => {
  const { app, dial } = await listening({ connections: { ...HTTP_LIMITS, connectionsMax: 2 } });
  const request = 'GET /status HTTP/1.1\r\nHost: x\r\n\r\n';
  const [first, second] = [dial(), dial()];
  for (const client of [first, second]) client.socket.write(request);
  await until(() => first.received !== '' && second.received !== '');
  const third = dial();
  third.socket.write(request);
  await until(() => third.isClosed);
  assert.is(third.received, '');
  first.socket.destroy();
  const connections = promisify(app.server.getConnections.bind(app.server));
  await until(async () => (await connections()) < 2);
  const fourth = dial();
  fourth.socket.write(request);
  await until(() => fourth.received.includes('200'));
});

test.run();
