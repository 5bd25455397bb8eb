import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LoopbackServer, startLoopbackServer } from '../../../../scripts/local/loopback-server.ts';
import { createPubsub } from '../../../../scripts/operate/replay-dead-letters/pubsub.ts';
import { RequestError } from '../../../../scripts/request-error.ts';

const TOKEN = 'ya29.secret-token';
const CONTENT = Buffer.from('my card number is 4929').toString('base64');
const MESSAGE = { data: CONTENT, attributes: {} };

let server: LoopbackServer;
let authorizations: (string | undefined)[];
let status: number;

test.before(async () => {
  server = await startLoopbackServer((request, response) => {
    authorizations.push(request.headers.authorization);
    request.resume().on('end', () => {
      // As Google does, the error quotes what was sent.
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ error: { message: `bad message ${CONTENT}` } }));
    });
  });
});

test.before.each(() => {
  authorizations = [];
  status = 200;
});

test.after(() => server.stop());

test('the token goes into the header, and to an emulator none goes', async () => {
  await createPubsub(server.url, TOKEN).pull('projects/p/subscriptions/s', 1);
  await createPubsub(server.url, undefined).pull('projects/p/subscriptions/s', 1);
  assert.equal(authorizations, [`Bearer ${TOKEN}`, undefined]);
});

test('an error has the status, and neither content nor token', async () => {
  status = 403;
  const error = await faultOf(createPubsub(server.url, TOKEN).publish('projects/p/topics/t', MESSAGE));
  assert.is(error.message, 'projects/p/topics/t:publish: HTTP 403');
  assert.is(error.status, 403);
});

test('an answer without an id confirms nothing, and no answer is an error', async () => {
  const pubsub = createPubsub(server.url, TOKEN);
  assert.match((await faultOf(pubsub.publish('projects/p/topics/t', MESSAGE))).message, 'gave no id');
  const nowhere = createPubsub('http://127.0.0.1:1', TOKEN);
  assert.match((await faultOf(nowhere.publish('projects/p/topics/t', MESSAGE))).message, 'no answer');
});

test('a subscription that is gone has no topic', async () => {
  status = 404;
  assert.is(await createPubsub(server.url, TOKEN).topicOf('projects/p/subscriptions/s'), undefined);
  status = 500;
  await faultOf(createPubsub(server.url, TOKEN).topicOf('projects/p/subscriptions/s'));
});

async function faultOf(call: Promise<unknown>): Promise<RequestError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('it is not refused');
}

test.run();
