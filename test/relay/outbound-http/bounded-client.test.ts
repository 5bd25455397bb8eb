import { createServer, type RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BoundedClient,
  type BoundedClientOptions,
  OutageError,
} from '../../../relay/outbound-http/bounded-client.ts';
import { outboundAgent } from '../../../relay/outbound-http/outbound-agent.ts';
import { Fixture } from '../../helpers/fixture.ts';

const SECRET = 'a-credential';
const fixture = new Fixture(test);
const agent = outboundAgent();
fixture.defer(() => agent.destroy());
let origin: string;
let calls = 0;
let answer: RequestListener = () => {};

test.before(async () => {
  const server = createServer((request, response) => {
    calls += 1;
    answer(request, response);
  });
  origin = `http://127.0.0.1:${await fixture.listen(server)}`;
});
test.before.each(() => {
  calls = 0;
});

function client(options: Partial<BoundedClientOptions> = {}): BoundedClient {
  return new BoundedClient({
    dispatcher: agent,
    timeoutMs: 30_000,
    answerMaxBytes: 1_000,
    callsMax: 10,
    decompress: true,
    tryAgain: true,
    ...options,
  });
}

const send = (from = client(), url = `${origin}/path?q=1`) =>
  from.send(url, { method: 'POST', headers: { authorization: SECRET }, body: '{}' });

async function outageOf(sending: Promise<unknown>): Promise<string> {
  const error = await sending.then(
    () => assert.unreachable('there was an answer'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OutageError);
  assert.is(error.cause, undefined);
  assert.not.ok(String(error.stack).includes(SECRET));
  return error.message;
}

test('the body of a 200 is the answer, and the URL is called as it is given', async () => {
  let url = '';
  answer = (request, response) => {
    url = request.url ?? '';
    response.end('yes');
  };
  assert.equal(await send(), { body: 'yes' });
  assert.is(url, '/path?q=1');
});

for (const status of [201, 204, 302, 400, 401, 403, 404]) {
  test(`${status} is a fault of the call`, async () => {
    answer = (_request, response) => response.writeHead(status, { location: `${origin}/elsewhere` }).end();
    assert.equal(await send(), { fault: `status ${status}` });
    assert.is(calls, 1);
  });
}

for (const status of [408, 425, 429, 500, 503]) {
  test(`${status} is an outage`, async () => {
    answer = (_request, response) => response.writeHead(status).end(SECRET);
    assert.is(await outageOf(send()), `status ${status}`);
  });
}

test('an answer is measured after decompression', async () => {
  const packed = gzipSync('x'.repeat(1_001));
  assert.ok(packed.length < 1_000);
  answer = (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed);
  assert.equal(await send(), { fault: 'answer too large: over 1000 bytes' });
  assert.equal(await send(client({ answerMaxBytes: 1_001 })), { body: 'x'.repeat(1_001) });
  assert.equal(await send(client({ decompress: false })), { body: packed.toString('utf8') });
});

test('an answer that does not end in time is an outage', async () => {
  answer = (_request, response) => response.writeHead(200).write('{');
  assert.is(await outageOf(send(client({ timeoutMs: 50 }))), 'no answer in time');
});

test('a call takes no longer than its time limit', async () => {
  answer = () => {};
  const startedAt = performance.now();
  assert.is(await outageOf(send(client({ timeoutMs: 200 }))), 'no answer in time');
  assert.ok(performance.now() - startedAt < 25_000);
});

test('a call that is tried once more has no more time than one', async () => {
  const signals: unknown[] = [];
  const request = async ({ signal }: Dispatcher.RequestOptions) => {
    signals.push(signal);
    throw Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' });
  };
  await outageOf(send(client({ dispatcher: { request } as unknown as Dispatcher })));
  assert.is(signals.length, 2);
  assert.is(signals[0], signals[1]);
});

test('a connection that breaks before the answer is tried once more', async () => {
  answer = (_request, response) => (calls === 1 ? response.destroy() : response.end('yes'));
  assert.equal(await send(), { body: 'yes' });
  assert.is(calls, 2);
  answer = (_request, response) => response.destroy();
  assert.is(await outageOf(send()), 'UND_ERR_SOCKET');
  assert.is(calls, 4);
});

test('a connection that breaks within the answer is tried once more', async () => {
  const breakOff: RequestListener = (_request, response) =>
    response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
  answer = (request, response) => (calls === 1 ? breakOff(request, response) : response.end('yes'));
  assert.equal(await send(), { body: 'yes' });
  assert.is(calls, 2);
  answer = breakOff;
  assert.is(await outageOf(send()), 'UND_ERR_SOCKET');
  assert.is(calls, 4);
});

test('without tryAgain a broken connection is an outage at once', async () => {
  answer = (_request, response) => response.destroy();
  assert.is(await outageOf(send(client({ tryAgain: false }))), 'UND_ERR_SOCKET');
  assert.is(calls, 1);
});

test('one call more than the bound fails at once', async () => {
  const bounded = client({ callsMax: 1 });
  answer = (_request, response) => setTimeout(() => response.end('yes'), 50);
  const first = send(bounded);
  assert.is(await outageOf(send(bounded)), 'too many calls under way');
  assert.equal(await first, { body: 'yes' });
  assert.equal(await send(bounded), { body: 'yes' });
});

test.run();
