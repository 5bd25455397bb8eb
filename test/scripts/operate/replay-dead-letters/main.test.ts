import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { undisturbed } from '../../../helpers/undisturbed.ts';
import { until } from '../../../helpers/until.ts';
import {
  type FakePubsub,
  type Letter,
  letter,
  PROJECT,
  SECRET_WORDS,
  startFakePubsub,
} from './fake-pubsub.ts';
import { replayDeadLetters } from './program.ts';

const TOPIC = `projects/${PROJECT}/topics/aa-new-message-topic`;

let fake: FakePubsub;

test.after.each(() => fake.close());

/** Five messages given up an hour apart, the last first as nobody promises an order. */
const letters = () => [5, 4, 3, 2, 1].map((number) => letter(number));

const start = async (some: Letter[]) => {
  // That of an attempt before.
  await fake?.close().catch(() => {});
  fake = await startFakePubsub(some, { [`projects/${PROJECT}/subscriptions/eventarc-messages`]: TOPIC });
};
const replay = (...args: string[]) => replayDeadLetters(fake.host, PROJECT, args).ended;

test('lists ids, ages, tries, kinds and conversations, and returns everything', async () => {
  await start(letters());
  const { code, output } = await replay();
  assert.is(code, 0, output);
  const rows = output.split('\n').map((line) => line.split(/\s+/));
  assert.equal(rows[1]?.slice(0, 3), ['101', '5h', '20']);
  assert.equal(rows[1]?.slice(4, 6), ['new-message-event', `projects/${PROJECT}/conversations/call-1`]);
  assert.equal(
    rows.slice(1, 6).map(([id]) => id),
    ['101', '102', '103', '104', '105'],
  );
  assert.is(fake.letters.length, 5);
  assert.is(fake.held.size, 0);
});

test('content is shown nowhere, not even what attributes say', async () => {
  await start(letters());
  for (const action of ['list', 'show']) {
    const { output } = await replay(action);
    assert.not.match(output, /4929|newMessagePayload/);
  }
  const { output } = await replay('show', '--id', '103');
  assert.match(output, /^conversation:\s+projects\/demo-project\/conversations\/call-3$/m);
  assert.match(output, /^attributes:.*said$/m);
  assert.match(output, '1 of 5 dead letters');
});

test('injects the oldest first with its identity, and removes it', async () => {
  await start(letters());
  const { code, output } = await replay('inject', '--yes');
  assert.is(code, 0, output);
  assert.equal(
    fake.published.map(({ topic, attributes }) => [topic, attributes.replayed_message_id]),
    ['101', '102', '103', '104', '105'].map((id) => [TOPIC, id]),
  );
  const [first] = fake.published;
  assert.is(first?.data, letter(1).data);
  assert.is(first?.attributes.said, SECRET_WORDS, 'its own attributes stay');
  assert.match(first?.attributes.replayed_publish_time ?? '', /^\d{4}-.*456Z$/);
  assert.not.ok(Object.keys(first?.attributes ?? {}).some((name) => name.startsWith('CloudPubSub')));
  assert.is(fake.letters.length, 0);
});

test('injects those alone that the filters leave', async () => {
  await start(letters());
  await replay('inject', '--yes', '--younger-than', '4h', '--older-than', '2h');
  assert.equal(
    fake.published.map(({ attributes }) => attributes.replayed_message_id),
    ['103', '104'],
  );
  await replay('inject', '--yes', '--conversation', 'call-1', '--kind', 'new-message-event');
  assert.is(fake.published.length, 3);
  await replay('inject', '--yes', '--kind', 'conversation-lifecycle-event');
  assert.is(fake.published.length, 3);
  assert.is(fake.held.size, 0);
});

test('discard takes off the dead letters of one conversation, and leaves all others', async () => {
  await start(letters());
  const before = fake.letters.length;
  const full = `projects/${PROJECT}/locations/global/conversations/call-1`;
  const shown = await replay('discard', '--conversation', full, '--dry-run');
  assert.equal([shown.code, fake.letters.length], [0, before]);
  const refused = await replay('discard', '--conversation', 'call-1');
  assert.is(refused.code, 1);
  assert.match(refused.output, 'nobody has answered: without a terminal add --yes');
  assert.is(fake.letters.length, before);
  const { code, output } = await replay('discard', '--conversation', 'call-1', '--yes');
  assert.is(code, 0, output);
  const [, count] = /^(\d+) discarded$/m.exec(output) ?? [];
  assert.ok(Number(count) > 0, output);
  assert.is(fake.letters.length, before - Number(count));
  assert.is(fake.published.length, 0);
  assert.is(fake.held.size, 0);
  assert.match(
    (await replay('list', '--conversation', 'call-1')).output,
    /^0 of \d+ dead letters\nno dead letter has all that you ask for/m,
  );
});

test('discard of everything is refused before anything is looked at', async () => {
  await start(letters());
  const { code, output } = await replay('discard', '--yes');
  assert.is(code, 2);
  assert.match(output, 'discard: say which, with --conversation');
  assert.is(fake.letters.length, 5);
});

test('neither a dry run nor a no changes anything', async () => {
  await start(letters());
  assert.is((await replay('inject', '--dry-run')).code, 0);
  const refused = await replayDeadLetters(fake.host, PROJECT, ['inject'], { stdin: 'no\n' }).ended;
  assert.is(refused.code, 1);
  assert.match(refused.output, 'Publish 5 again? [y/N]');
  assert.is(fake.published.length, 0);
  assert.is(fake.letters.length, 5);
  assert.is(fake.held.size, 0);
});

test('Ctrl-C between two messages loses none; the next run does the rest', () =>
  undisturbed(async () => {
    await start(letters());
    let publishing = 0;
    const run = replayDeadLetters(fake.host, PROJECT, ['inject', '--yes']);
    fake.before = async (verb) => {
      if (verb === 'publish' && ++publishing === 2) {
        run.child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      return 200;
    };
    const { code, output } = await run.ended;
    assert.is(code, 130, output);
    assert.match(output, '2 published again');
    assert.equal([fake.published.length, fake.letters.length, fake.held.size], [2, 3, 0]);
    await replay('inject', '--yes');
    assert.is(fake.letters.length, 0);
    assert.is(new Set(fake.published.map(({ attributes }) => attributes.replayed_message_id)).size, 5);
  }));

test('Ctrl-C at the question is a no, and gives everything back', async () => {
  await start(letters());
  const run = replayDeadLetters(fake.host, PROJECT, ['inject'], { isOpen: true });
  await until(() => run.output().includes('[y/N]'));
  run.child.kill('SIGINT');
  const { code } = await run.ended;
  assert.is(code, 130);
  assert.equal([fake.published.length, fake.letters.length, fake.held.size], [0, 5, 0]);
});

test('one that cannot be published stays, with all that follow, and is said', async () => {
  await start(letters());
  let publishing = 0;
  fake.before = (verb) => (verb === 'publish' && ++publishing === 3 ? 503 : 200);
  const { code, output } = await replay('inject', '--yes');
  assert.is(code, 1);
  assert.match(output, 'HTTP 503: the rest stay dead letters');
  assert.equal([fake.published.length, fake.letters.length, fake.held.size], [2, 3, 0]);
});

test('a message that was published and not removed keeps its identity', async () => {
  await start([letter(1)]);
  fake.before = (verb) => (verb === 'acknowledge' ? 500 : 200);
  const { output } = await replay('inject', '--yes');
  assert.match(output, '1 more are still listed');
  await until(() => fake.held.size === 0);
  fake.before = () => 200;
  await replay('inject', '--yes');
  const [first, second] = fake.published;
  assert.equal(second?.attributes, first?.attributes);
  assert.is(fake.letters.length, 0);
});

test('a faulty message, or one without a source, stays unless asked for', async () => {
  await start([letter(1, { data: SECRET_WORDS }), letter(2, { source: 'deleted' })]);
  const { output } = await replay('inject', '--yes');
  assert.match(output, /^101 .*not-json$/m);
  assert.match(output, '2 stay');
  assert.is(fake.published.length, 0);
  await replay('inject', '--yes', '--to', 'other-topic', '--faulty');
  assert.equal(
    fake.published.map(({ topic }) => topic),
    Array(2).fill(`projects/${PROJECT}/topics/other-topic`),
  );
});

test('a message that comes back once more keeps the identity of its first time', async () => {
  const again = letter(1);
  Object.assign(again.attributes, {
    replayed_message_id: '7',
    replayed_publish_time: '2026-11-20T09:00:00Z',
  });
  await start([again]);
  await replay('inject', '--yes');
  assert.is(fake.published[0]?.attributes.replayed_message_id, '7');
  assert.is(fake.published[0]?.attributes.replayed_publish_time, '2026-11-20T09:00:00Z');
});

test('a subscription that is missing or not readable is named with a remedy', async () => {
  await start([]);
  fake.before = (verb) => (verb === 'pull' ? 404 : 200);
  assert.match((await replay()).output, 'npm run deploy -- --only topics');
  fake.before = (verb) => (verb === 'pull' ? 403 : 200);
  assert.match((await replay()).output, 'roles/pubsub.subscriber');
});

test('what is no option is said', async () => {
  await start([]);
  for (const args of [['remove'], ['list', '--kind', 'x'], ['list', '--older-than', 'x'], ['--limit', '0']])
    assert.is((await replay(...args)).code, 2, args.join(' '));
});

test.run();
