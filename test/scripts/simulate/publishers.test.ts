// The ways to the functions of a relay that runs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { startLoopbackServer } from '../../../scripts/local/loopback-server.ts';
import { openPublisher } from '../../../scripts/simulate/publishers.ts';
import { EVENT_KINDS, INTERIM_KIND } from '../../../shared/event.ts';
import { Fixture } from '../../helpers/fixture.ts';

const fixture = new Fixture(test);
const signal = new AbortController().signal;
const PROJECT = 'my-project';

interface Published {
  path: string | undefined;
  authorization: string | undefined;
  body: string;
}

/** A Pub/Sub that notes what is published. */
async function startPubsub(): Promise<{ url: string; published: Published[] }> {
  const published: Published[] = [];
  const server = await startLoopbackServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    published.push({ path: request.url, authorization: request.headers.authorization, body });
    response.end(JSON.stringify({ messageIds: ['17'] }));
  });
  fixture.defer(() => server.stop());
  return { url: server.url, published };
}

function settingsFile(...lines: string[]): string {
  const file = join(fixture.directory(), 'settings.env');
  writeFileSync(file, lines.join('\n'));
  return file;
}

test('through Pub/Sub an event goes to its topic with the access token', async () => {
  const { url, published } = await startPubsub();
  const { publisher, kinds } = await openPublisher(
    { to: 'pubsub', project: PROJECT },
    {
      project: PROJECT,
      settings: settingsFile(
        'NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID=my-messages',
        'NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID=none',
      ),
      signal,
      pubsub: { url, accessToken: 'token-of-gcloud' },
    },
  );
  assert.is(await publisher.publish('new-message-event', '{"a":1}', { b: 'c' }), '17');
  assert.equal([...kinds].sort(), EVENT_KINDS.filter((kind) => kind !== INTERIM_KIND).sort());
  assert.equal(published, [
    {
      path: `/v1/projects/${PROJECT}/topics/my-messages:publish`,
      authorization: 'Bearer token-of-gcloud',
      body: JSON.stringify({
        messages: [{ data: Buffer.from('{"a":1}').toString('base64'), attributes: { b: 'c' } }],
      }),
    },
  ]);
});

test('Pub/Sub of another project than the relay has is refused', async () => {
  const error = await openPublisher(
    { to: 'pubsub', project: 'other' },
    { project: PROJECT, signal, pubsub: { url: 'http://127.0.0.1:1', accessToken: 't' } },
  ).catch((reason: unknown) => reason);
  assert.instance(error, UsageError);
  assert.match((error as Error).message, 'the relay serves the project my-project');
});

test('settings of another project are refused', async () => {
  const error = await openPublisher(
    { to: 'pubsub', project: PROJECT },
    {
      project: PROJECT,
      settings: settingsFile('GCP_PROJECT_ID=other-project'),
      signal,
      pubsub: { url: 'http://127.0.0.1:1', accessToken: 't' },
    },
  ).catch((reason: unknown) => reason);
  assert.instance(error, UsageError);
  assert.match((error as Error).message, 'the settings are those of other-project');
});

test('the emulator gets the topics of the relay’s project, and no token', async () => {
  const { url, published } = await startPubsub();
  const { publisher } = await openPublisher(
    { to: 'emulator', url, isRemote: false },
    { project: PROJECT, signal },
  );
  await publisher.publish('conversation-lifecycle-event', '{}');
  assert.equal(
    published.map(({ path, authorization }) => [path, authorization]),
    [[`/v1/projects/${PROJECT}/topics/aa-conversation-event-topic:publish`, undefined]],
  );
});

test.run();
