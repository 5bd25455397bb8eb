import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startEventarcShim } from '../../../scripts/local/eventarc-shim.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../scripts/local/loopback-server.ts';

const TOPIC = 'projects/demo-project/topics/aa-new-message-topic';
const PUSH = `{"subscription":"projects\\/p\\/subscriptions\\/s","message":{"publishTime":"2026-11-24T04:09:21.299Z","data":"e30=","messageId":"7","attributes":{}}}`;

let received: { headers: Record<string, unknown>; body: string }[];
let status: number;
let target: LoopbackServer;
let shim: LoopbackServer;

test.before(async () => {
  target = await startLoopbackServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(status).end('text');
  });
  shim = await startEventarcShim(
    new Map([
      [TOPIC, target.url],
      ['projects/demo-project/topics/gone', 'http://127.0.0.1:1/'],
    ]),
  );
});

test.before.each(() => {
  received = [];
  status = 204;
});

test.after(async () => {
  await shim.stop();
  await target.stop();
});

const push = (path: string, body = PUSH) => fetch(`${shim.url}/${path}`, { method: 'POST', body });

test("a push goes on with Eventarc's headers and its body untouched", async () => {
  assert.is((await push(TOPIC)).status, 204);
  const [request] = received;
  assert.is(request?.body, PUSH);
  const names = ['content-type', 'ce-id', 'ce-source', 'ce-type', 'ce-specversion', 'ce-time'];
  assert.equal(
    names.map((name) => request?.headers[name]),
    [
      'application/json',
      '7',
      `//pubsub.googleapis.com/${TOPIC}`,
      'google.cloud.pubsub.topic.v1.messagePublished',
      '1.0',
      '2026-11-24T04:09:21.299Z',
    ],
  );
});

test("the function's status comes back", async () => {
  status = 500;
  assert.is((await push(TOPIC)).status, 500);
});

test('a function that does not listen is a 502, so that the message comes again', async () => {
  assert.is((await push('projects/demo-project/topics/gone')).status, 502);
});

test('an unknown topic and a body that is no push are refused', async () => {
  assert.is((await push('projects/demo-project/topics/other')).status, 404);
  assert.is((await push(TOPIC, 'text')).status, 400);
  assert.is((await push(TOPIC, '{"message":{}}')).status, 400);
  assert.is(received.length, 0);
});

test.run();
