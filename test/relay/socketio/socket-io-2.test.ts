// socket.io-client 2 speaks version 3 of Engine.IO, which the relay does not: what its user finds out, and the log.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import io from 'socket.io-client-2';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { LINES_OF_ONE_MAX } from '../../../relay/refusals/refusals.ts';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 0 });

const REFUSAL = 'Expected EIO=4: socket.io-client 3 or newer.';
const LIMIT_MS = 30_000;

/** What `connect_error` gives a page. */
interface Told {
  message: string;
  /** Over long polling the status of the answer. */
  description: unknown;
}

/** How often the log names the refusal. */
const linesOf = (relay: TestRelay) => relay.log().split('"reason":"engine-version"').length - 1;

/** Opens a client in Node; resolves with what it is told, attempt by attempt, when it has tried three times. */
async function tryInNode(relay: TestRelay, transport: string): Promise<Told[]> {
  const told: Told[] = [];
  const socket = io(relay.url, { transports: [transport], forceNew: true });
  fixture.keep(socket);
  socket.on('connect', () => told.push({ message: 'connected', description: undefined }));
  socket.on('connect_error', ({ message, description }) => told.push({ message, description }));
  await until(() => told.length >= 3, LIMIT_MS);
  return told;
}

test('long polling is refused with 400 and the versions that are supported', async () => {
  const relay = await fixture.startRelay();
  for (const { message, description } of await tryInNode(relay, 'polling')) {
    assert.equal([message, description], ['xhr poll error', 400]);
  }
  const answer = await fetch(`${relay.url}/socket.io/?EIO=3&transport=polling`);
  assert.equal([answer.status, await answer.json()], [400, { message: REFUSAL }]);
  assert.is(linesOf(relay), LINES_OF_ONE_MAX, 'however often it tries');
});

test('the refusal of the version alone allows credentials', async () => {
  const relay = await fixture.startRelay();
  const allowed = async (query: string) => {
    const answer = await fetch(`${relay.url}/socket.io/?${query}&transport=polling`, {
      headers: { origin: 'https://desk.example.com' },
    });
    const { status, headers } = answer;
    return [
      status,
      headers.get('access-control-allow-origin'),
      headers.get('access-control-allow-credentials'),
    ];
  };
  assert.equal(await allowed('EIO=3'), [400, 'https://desk.example.com', 'true']);
  assert.equal(await allowed('EIO=4'), [200, 'https://desk.example.com', null]);
  assert.equal(await allowed('EIO=4&sid=unknown'), [400, 'https://desk.example.com', null]);
  const closed = await fixture.startRelay({
    settings: { CORS_ALLOWED_ORIGINS: 'https://other.example.com' },
  });
  const refused = await fetch(`${closed.url}/socket.io/?EIO=3&transport=polling`, {
    headers: { origin: 'https://desk.example.com' },
  });
  assert.equal([refused.status, refused.headers.get('access-control-allow-origin')], [403, null]);
});

test('a WebSocket is refused with 400 and the versions that are supported', async () => {
  const relay = await fixture.startRelay();
  // Node's WebSocket, as that of browsers, shows no answer to a page. The log does.
  for (const { message } of await tryInNode(relay, 'websocket')) assert.is(message, 'websocket error');
  const body = new Promise((resolve) => {
    const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/socket.io/?EIO=3&transport=websocket`);
    socket.on('unexpected-response', (_request, response) => {
      response.setEncoding('utf8').on('data', (text: string) => resolve(JSON.parse(text)));
    });
  });
  assert.equal(await body, { message: REFUSAL });
  assert.is(linesOf(relay), LINES_OF_ONE_MAX, 'however often it tries');
});

test('in Chromium a page of another origin is told 400, and CORS hides nothing', async () => {
  const relay = await fixture.startRelay();
  const client = createRequire(import.meta.url).resolve('socket.io-client-2/dist/socket.io.js');
  const script = await readFile(client);
  const site = createServer((request, response) => {
    const isScript = request.url === '/socket.io.js';
    response
      .setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
      .end(isScript ? script : '<!doctype html><title>desk</title><script src="/socket.io.js"></script>');
  });
  const origin = `http://127.0.0.1:${await fixture.listen(site)}`;
  const browser = fixture.keep(await launchChromium());
  const page = await browser.newPage();
  const said: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('response', (response) => {
    if (response.url().includes('transport=polling')) bodies.push(response.text());
  });
  await page.goto(origin);
  const told = await page.evaluate(
    ([url]) =>
      Promise.all(
        ['polling', 'websocket'].map(
          (transport) =>
            new Promise((resolve) => {
              const { io: connect } = globalThis as unknown as { io: typeof io };
              const socket = connect(url, { transports: [transport], forceNew: true });
              socket.on('connect_error', ({ message, description }) => {
                socket.close();
                resolve([message, typeof description === 'number' ? description : null]);
              });
            }),
        ),
      ),
    [relay.url] as const,
  );
  assert.equal(told, [
    ['xhr poll error', 400],
    ['websocket error', null],
  ]);
  assert.equal(JSON.parse((await bodies[0]) ?? ''), { message: REFUSAL });
  await until(() => /WebSocket connection to .*400/.test(said.join('\n')));
  assert.not.match(said.join('\n'), /CORS/);
  assert.is(linesOf(relay), 2, 'one for each transport');
});

test.run();
