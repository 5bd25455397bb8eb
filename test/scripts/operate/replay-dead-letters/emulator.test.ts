// Against Google's own emulator: what a function refuses becomes a dead letter, and comes again once it is replayed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startLoopbackServer } from '../../../../scripts/local/loopback-server.ts';
import { findEmulator, startEmulator } from '../../../../scripts/local/pubsub-emulator.ts';
import { createPubsubClient } from '../../../../scripts/local/pubsub-rest.ts';
import { REPLAYED_ID } from '../../../../shared/replayed.ts';
import { until } from '../../../helpers/until.ts';
import { replayDeadLetters } from './program.ts';

const PROJECT = 'demo-project';
const TOPIC = `projects/${PROJECT}/topics/aa-new-message-topic`;
const DEAD = `projects/${PROJECT}/topics/aa-dead-letter-topic`;
/** The fewest tries that Pub/Sub allows, a second apart in the emulator. */
const TRIES = 5;

const search = findEmulator(process.env);
if ('missing' in search) console.log(`skipped: ${search.missing}`);
const withEmulator = 'missing' in search ? test.skip : test;

withEmulator('a dead letter is listed, replayed once with its identity, and gone', async () => {
  if ('missing' in search) return;
  const emulator = await startEmulator(search.program);
  const received: { attributes?: Record<string, string>; data?: string }[] = [];
  let isDown = true;
  const receiver = await startLoopbackServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (!isDown) received.push(JSON.parse(body).message);
      response.writeHead(isDown ? 500 : 204).end();
    });
  });
  try {
    const pubsub = createPubsubClient(emulator.url);
    await pubsub.createTopic(TOPIC);
    await pubsub.createTopic(DEAD);
    await subscribe(emulator.url, 'aa-dead-letter-sub', { topic: DEAD });
    await subscribe(emulator.url, 'eventarc-messages', {
      topic: TOPIC,
      pushConfig: { pushEndpoint: receiver.url },
      deadLetterPolicy: { deadLetterTopic: DEAD, maxDeliveryAttempts: TRIES },
    });
    const text = JSON.stringify({ conversation: `projects/${PROJECT}/conversations/call-1` });
    await pubsub.publish(TOPIC, text, { own: 'kept' });

    const host = new URL(emulator.url).host;
    const replay = (...args: string[]) => replayDeadLetters(host, PROJECT, args).ended;
    const row = /^(\d+) +\S+ +5 +\d+ +new-message-event +projects\/demo-project\/conversations\/call-1$/m;
    await until(async () => row.test((await replay()).output), 30_000);
    const [, id] = row.exec((await replay()).output) ?? [];
    assert.ok(id, 'what was looked at is there for the next look');

    isDown = false;
    const { code, output } = await replay('inject', '--yes');
    assert.is(code, 0, output);
    await until(() => received.length > 0);
    const [message] = received;
    assert.is(Buffer.from(message?.data ?? '', 'base64').toString(), text);
    assert.is(message?.attributes?.own, 'kept');
    assert.is(message?.attributes?.[REPLAYED_ID], id);
    assert.match((await replay()).output, '0 of 0 dead letters');
  } finally {
    await receiver.stop();
    await emulator.stop();
  }
});

async function subscribe(url: string, name: string, body: object): Promise<void> {
  const response = await fetch(`${url}/v1/projects/${PROJECT}/subscriptions/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.is(response.status, 200, await response.text());
}

test.run();
