import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundPipelining } from '../../../relay/rate-limits/bound-pipelining.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { dial } from '../../helpers/raw-http.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);

const MAX = 4;
const SENT = 500;

/** A server that answers `/` at once and nothing else, with the number of requests that its parser has made. */
async function startServer() {
  const seen = { handled: 0, parsed: 0 };
  const server = createServer((request, response) => {
    seen.handled++;
    if (request.url === '/') response.end('well');
  });
  server.on('connection', (socket) => {
    const { parser } = socket as typeof socket & { parser: { onIncoming(...args: unknown[]): unknown } };
    const { onIncoming } = parser;
    parser.onIncoming = function (...args) {
      seen.parsed++;
      return onIncoming.apply(this, args);
    };
  });
  boundPipelining(server, MAX, { note: () => {} });
  return { port: await fixture.listen(server), seen };
}

const request = (path: string, headers = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

test('as many requests as are permitted are answered on one connection', async () => {
  const { port } = await startServer();
  const connection = fixture.keep(dial(port, request('/').repeat(MAX)));
  await until(() => connection.received.match(/well/g)?.length === MAX);
  assert.not.ok(connection.isClosed);
});

for (const [what, bytes, handled] of [
  ['requests', request('/slow'), MAX],
  ['requests with an unknown Expect', request('/', 'Expect: x\r\n'), 0],
] as const) {
  test(`of ${SENT} ${what} at once those over the bound wait`, async () => {
    const { port, seen } = await startServer();
    const connection = fixture.keep(dial(port, bytes.repeat(SENT)));
    await until(() => connection.isClosed);
    assert.equal(seen, { handled, parsed: MAX + 1 });
  });
}

test('connections that follow one with too many requests are served', async () => {
  const { port } = await startServer();
  for (let round = 0; round < 5; round++) {
    const greedy = fixture.keep(dial(port, request('/slow').repeat(SENT)));
    await until(() => greedy.isClosed);
    // Node uses parsers again.
    const next = fixture.keep(dial(port, request('/')));
    await until(() => next.received.includes('well'));
  }
});

test.run();
