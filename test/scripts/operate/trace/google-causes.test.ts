// What the verdict says of causes in Google Cloud: the conversation profile, its topics, and the log of the functions.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FunctionLogs, logFilter } from '../../../../scripts/operate/trace/function-logs.ts';
import { judgeFunctions } from '../../../../scripts/operate/trace/judge-functions.ts';
import { judgeUnseen } from '../../../../scripts/operate/trace/judge-google.ts';
import { judgePublished } from '../../../../scripts/operate/trace/judge-published.ts';
import type { PublishedKind } from '../../../../scripts/operate/trace/published-topics.ts';
import { EVENT_FAULTS } from '../../../../shared/errors.ts';
import { EVENT_KINDS } from '../../../../shared/event.ts';
import { NOW } from './reports.ts';

const kindOf = (more: Partial<PublishedKind>): PublishedKind => ({
  kind: 'new-message-event',
  topic: 'aa-new-message-topic',
  messageFormat: 'JSON',
  expected: 'aa-new-message-topic',
  isHeard: true,
  ...more,
});

const PUBLISHED: [name: string, given: PublishedKind[], expected: RegExp[]][] = [
  ['a profile that publishes to the functions has no finding', [kindOf({})], []],
  [
    'a profile of a topic of somebody else that calls a function has no finding',
    [kindOf({ topic: 'another', isHeard: true })],
    [],
  ],
  [
    'a topic that no function listens to is named with the one to point at',
    [kindOf({ topic: 'another', isHeard: false })],
    [/to topic another, but no function listens to another -> .* points it at aa-new-message-topic$/],
  ],
  [
    'the right topic without a function asks for the functions',
    [kindOf({ isHeard: false })],
    [/no function listens to aa-new-message-topic -> npm run deploy -- --only functions$/],
  ],
  [
    'another topic whose subscriptions may not be seen is named',
    [kindOf({ topic: 'another', isHeard: undefined })],
    [/to topic another, but the function listens to aa-new-message-topic/],
  ],
  [
    'a format other than JSON is named',
    [kindOf({ messageFormat: 'PROTO' })],
    [/as PROTO, and functions drop all but JSON -> .* sets its message_format to JSON$/],
  ],
  [
    'a kind without a topic is named',
    [kindOf({ topic: '', messageFormat: 'MESSAGE_FORMAT_UNSPECIFIED', isHeard: undefined })],
    [/^fault the profile publishes no new-message-event -> npm run deploy -- --only profile$/],
  ],
];

for (const [name, kinds, expected] of PUBLISHED) {
  test(name, () => {
    const found = judgePublished({ state: 'seen', profile: 'p', kinds }).map(
      ({ state, detail, remedy }) => `${state} ${detail} -> ${remedy}`,
    );
    assert.is(found.length, expected.length, found.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
  });
}

test('a profile that is not there is a fault', () => {
  const [found] = judgePublished({ state: 'seen', profile: '', kinds: [] });
  assert.match(found?.detail ?? '', /^there is no conversation profile/);
});

const untaken = (fault: string, redisCode = ''): FunctionLogs['untaken'][number] => ({
  at: NOW - 5_000,
  kind: 'new-message-event',
  fault,
  redisCode,
});

test('every fault of the functions has a remedy of its own', () => {
  const logs: FunctionLogs = {
    state: 'seen',
    untaken: EVENT_FAULTS.map((code) => untaken(code)),
    isCut: false,
  };
  const found = judgeFunctions(logs, false, NOW);
  assert.is(found.length, EVENT_FAULTS.length);
  for (const { remedy, state } of found) {
    assert.is(state, 'fault');
    assert.not.match(remedy ?? '', 'the log of the functions has the reason');
  }
});

test('events that Redis refused are one line with what Redis said', () => {
  const logs: FunctionLogs = {
    state: 'seen',
    untaken: [untaken('', 'OOM'), untaken('', 'OOM')],
    isCut: true,
  };
  const [found, ...others] = judgeFunctions(logs, true, NOW);
  assert.equal(others, []);
  assert.is(found?.state, 'note');
  assert.match(
    found?.detail ?? '',
    /could not append at least 2 events \(Redis: OOM\), and Pub\/Sub delivers/,
  );
  assert.match(found?.remedy ?? '', /^Redis is full: a larger REDIS_SIZE_GB/);
});

test('what was not looked at is one note with its reason', () => {
  const skipped = { state: 'skipped', reason: 'gcloud is not installed' } as const;
  const [found, ...others] = judgeUnseen({ published: skipped, functions: skipped });
  assert.equal(others, []);
  assert.is(found?.detail, 'not looked at the profile and the log of the functions: gcloud is not installed');
});

test('the filter of the log names every function that is deployed', () => {
  const topics = new Map(EVENT_KINDS.slice(0, 2).map((kind) => [kind, 'topic']));
  assert.is(
    logFilter({ topics, functionSuffix: 'b2' }, NOW),
    'resource.type="cloud_run_revision" ' +
      'resource.labels.service_name=("human-agent-assistant-event-b2" OR "new-message-event-b2") severity=ERROR ' +
      'timestamp>="2026-01-02T10:45:00.000Z" (jsonPayload.fault:* OR jsonPayload.message:"event not taken")',
  );
});

test.run();
