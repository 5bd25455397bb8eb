// Letters that somebody wrote who may publish to the dead-letter topic, and looks that fail half-way.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { collect } from '../../../../scripts/operate/replay-dead-letters/collect.ts';
import { replayMessage } from '../../../../scripts/operate/replay-dead-letters/dead-letter.ts';
import { matches } from '../../../../scripts/operate/replay-dead-letters/filter.ts';
import { createPubsub } from '../../../../scripts/operate/replay-dead-letters/pubsub.ts';
import { details } from '../../../../scripts/operate/replay-dead-letters/table.ts';
import { RequestError } from '../../../../scripts/request-error.ts';
import { type FakePubsub, type Letter, letter, PROJECT, startFakePubsub } from './fake-pubsub.ts';

const TOPIC = `projects/${PROJECT}/topics/aa-new-message-topic`;
const SUBSCRIPTION = `projects/${PROJECT}/subscriptions/aa-dead-letter-topic-sub`;
const { topics } = readDeploySettings({ GCP_PROJECT_ID: PROJECT });

let fake: FakePubsub;

test.after.each(() => fake.close());

const start = async (...letters: Letter[]) => {
  fake = await startFakePubsub(letters, { [`projects/${PROJECT}/subscriptions/eventarc-messages`]: TOPIC });
};
const look = () =>
  collect(createPubsub(`http://${fake.host}`, undefined), SUBSCRIPTION, {
    projectId: PROJECT,
    projectNumber: undefined,
    maxBytes: 1_000_000,
    topics,
    limit: 10,
    signal: new AbortController().signal,
  });

test('a time that cannot be read counts for nothing, and is not passed on', async () => {
  const untimed = letter(1);
  untimed.attributes.replayed_publish_time = 'yesterday';
  await start(untimed);
  const [found] = (await look()).letters;
  assert.ok(found);
  assert.ok(matches(found, {}, Date.now()));
  assert.match(details(found, Date.now()), /^first published: +\d{4}-/m);
  const { attributes } = replayMessage(found.received);
  assert.is(attributes.replayed_publish_time, untimed.attributes.CloudPubSubDeadLetterSourceTopicPublishTime);
});

test('a clock that is behind hides no letter', async () => {
  await start(letter(1));
  const [found] = (await look()).letters;
  assert.ok(found);
  assert.ok(matches(found, {}, found.publishedAt - 60_000));
  assert.not.ok(matches(found, { olderThan: 0 }, found.publishedAt - 60_000));
});

test('a source that cannot be read, or is no subscription, means no topic', async () => {
  await start(letter(1), letter(2, { source: '../topics/aa-new-message-topic' }));
  let asked = 0;
  fake.before = (verb) => {
    if (verb !== 'get') return 200;
    asked++;
    return 403;
  };
  const { letters } = await look();
  assert.equal(
    letters.map(({ topic }) => topic),
    [undefined, undefined],
  );
  assert.is(asked, 1, 'what is no name of a subscription goes into no address');
});

test('what was taken before a failure is given back', async () => {
  await start(letter(1), letter(2));
  fake.before = (verb) => (verb === 'get' ? 500 : 200);
  try {
    await look();
    assert.unreachable('it is not refused');
  } catch (error) {
    assert.instance(error, RequestError);
  }
  assert.is(fake.held.size, 0);
});

test('a name of an attribute cannot write to the terminal', async () => {
  const odd = letter(1);
  odd.attributes['\u001b[2Jgone'] = 'x';
  await start(odd);
  const [found] = (await look()).letters;
  assert.ok(found);
  const text = details(found, Date.now());
  assert.not.match(text, '\u001b');
  assert.match(text, '?[2Jgone');
});

test.run();
