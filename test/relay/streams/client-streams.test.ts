// The client library's streams, from Node through a relay to the Dialogflow simulator.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import {
  type Client,
  type ClientOptions,
  createClient,
  type Stream,
  StreamFailed,
} from '../../../relay/client/index.ts';
import { launchChromium } from '../../../scripts/local/chromium.ts';
import { until } from '../../helpers/until.ts';
import { CITED, QUESTION, withoutTimes } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { bundleClient } from '../client/build-client.ts';
import { METHOD, type Message, PARTICIPANT, StreamFixture } from './stream-fixture.ts';

const fixture = new StreamFixture(test);

const noStreams = () => until(() => fixture.upstream === 0, 30_000, 'Dialogflow has no stream');
const question = (textInput: string) => ({ participant: PARTICIPANT, textInput });

function connect(options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ url: fixture.relay.url, getToken: () => fixture.relay.token, ...options });
  fixture.keep(client);
  client.connect();
  return client;
}

/** The messages up to the last of an answer. */
async function answered(messages: AsyncIterator<object>): Promise<Message[]> {
  const read: Message[] = [];
  for (;;) {
    const { value, done } = await messages.next();
    if (done) return read;
    read.push(value as Message);
    if ((value as Message).isFinal === true) return read;
  }
}

async function failureOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    assert.instance(error, StreamFailed);
    return `${(error as StreamFailed).code} ${(error as StreamFailed).message}`;
  }
}

const iterate = (stream: Stream) => stream[Symbol.asyncIterator]();

for (const [name, options] of [
  ["Node's own WebSocket", {}],
  ["the package ws's WebSocket", { WebSocket }],
] as [string, Partial<ClientOptions>][]) {
  test(`with ${name} questions before and after connecting work`, async () => {
    const stream = connect(options).stream(METHOD, question(QUESTION));
    const messages = iterate(stream);
    assert.equal((await answered(messages)).map(withoutTimes), CITED);
    stream.send(question(QUESTION));
    assert.equal((await answered(messages)).map(withoutTimes), CITED);
    stream.close();
    assert.equal(await answered(messages), []);
    await noStreams();
  });
}

test('a cancel is confirmed, and a loop that is left ends the stream', async () => {
  fixture.pace.holdNext();
  const stream = connect().stream(METHOD, question(QUESTION));
  const seen: unknown[] = [];
  for await (const message of stream as AsyncIterable<Message>) {
    seen.push(message.status);
    if (seen.length === 1) stream.cancel();
    if (message.isFinal) break;
  }
  assert.is(seen.at(-1), 'CANCELLED');
  await noStreams();
  assert.throws(() => stream.send({}), /the stream is closed/);
});

test('what came before an error is read first; the error then has its code', async () => {
  const messages = iterate(connect().stream(METHOD, question('refund')));
  await answered(messages);
  const failing = iterate(connect().stream(METHOD, question('quota')));
  assert.is(await failureOf(answered(failing)), "8 Dialogflow's quota is used up: try again later");
  const unknown = iterate(connect().stream('streaming_detect_intent', question('hello')));
  assert.is(await failureOf(answered(unknown)), '3 method is not one that can be streamed');
});

for (const payload of [undefined, null, 'hello', []]) {
  test(`the payload ${JSON.stringify(payload)?.slice(0, 30)} is refused with its field`, () => {
    const client = connect();
    assert.throws(() => client.stream(METHOD, payload as never), /^payload must be an object$/);
    const stream = client.stream(METHOD, question(QUESTION));
    assert.throws(() => stream.send(payload as never), /^payload must be an object$/);
    stream.close();
  });
}

test('a method that is no string is refused by the client, and names the field', () => {
  const open = () => connect().stream(undefined as never, question(QUESTION));
  assert.throws(open, /^method must be a string$/);
});

test('a connection that is lost ends its streams: 14', async () => {
  const sockets: WebSocket[] = [];
  class Kept extends WebSocket {
    constructor(url: string, protocol: string) {
      super(url, protocol);
      sockets.push(this);
    }
  }
  const client = connect({ WebSocket: Kept });
  fixture.pace.holdNext();
  const stream = client.stream(METHOD, question(QUESTION));
  const messages = iterate(stream);
  await messages.next();
  sockets[0]?.terminate();
  await until(() => client.state === 'waiting' || sockets.length > 1);
  assert.is(await failureOf(answered(messages)), '14 the connection was lost');
  assert.throws(() => stream.send({}), /the connection was lost/);
  await noStreams();
});

test('a closed client ends its streams, those that have not started, too', async () => {
  const client = connect();
  const waiting = iterate(client.stream(METHOD, question(QUESTION)));
  client.close();
  assert.is(await failureOf(answered(waiting)), '14 the client is closed');
  assert.throws(() => client.stream(METHOD, question(QUESTION)), /the client is closed/);
});

test('in Chromium the bundle opens a stream, cancels it and asks again', async () => {
  const bundle = join(fixture.directory(), 'client.js');
  await bundleClient(bundle);
  const script = await readFile(bundle);
  const port = await fixture.listen(
    createServer((request, response) => {
      const isScript = request.url === '/client.js';
      response
        .setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
        .end(isScript ? script : '');
    }),
  );
  const browser = fixture.keep(await launchChromium());
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  const given = {
    url: fixture.relay.url,
    token: fixture.relay.token,
    method: METHOD,
    first: question(QUESTION),
  };
  fixture.pace.holdNext();
  const seen = await page.evaluate(async ({ url, token, method, first }) => {
    const { createClient: create } = (await import('/client.js' as string)) as {
      createClient: typeof createClient;
    };
    const client = create({ url, getToken: () => token });
    client.connect();
    const stream = client.stream(method, first);
    stream.cancel();
    const messages: object[] = [];
    for await (const message of stream) {
      messages.push(message);
      if ('status' in message) stream.send(first);
      else if ('isFinal' in message) break;
    }
    client.close();
    return messages;
  }, given);
  const [cancelled, ...answer] = seen.slice(seen.findIndex((message) => 'status' in message));
  assert.is((cancelled as Message | undefined)?.status, 'CANCELLED');
  assert.equal(answer.map(withoutTimes), CITED);
  await noStreams();
});

test.run();
