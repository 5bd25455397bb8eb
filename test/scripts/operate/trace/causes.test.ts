// What the verdict says of causes outside the log: Google Cloud, clocks, relays that are cut off, and the last line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TraceReport } from '../../../../relay/trace/create-trace.ts';
import type { LogReport } from '../../../../relay/trace/log-report.ts';
import type { RelayReport } from '../../../../relay/trace/relay-report.ts';
import type { FunctionLogs } from '../../../../scripts/operate/trace/function-logs.ts';
import { logFilter } from '../../../../scripts/operate/trace/function-logs.ts';
import { judgeClocks } from '../../../../scripts/operate/trace/judge-clocks.ts';
import { judgeFunctions } from '../../../../scripts/operate/trace/judge-functions.ts';
import { judgeUnseen } from '../../../../scripts/operate/trace/judge-google.ts';
import { judgePublished } from '../../../../scripts/operate/trace/judge-published.ts';
import type { PublishedKind } from '../../../../scripts/operate/trace/published-topics.ts';
import { judge, lastLine } from '../../../../scripts/operate/trace/verdict.ts';
import { EVENT_FAULTS } from '../../../../shared/errors.ts';
import { EVENT_KINDS } from '../../../../shared/event.ts';

const NOW = Date.UTC(2026, 0, 2, 10, 45, 0);
const RELAY = '0a1b2c3d-0000-4000-8000-000000000000';
const OTHER = '9f8e7d6c-0000-4000-8000-000000000000';

const at = (ms: number) => new Date(NOW + ms).toISOString();

/** A log with one event, which a function took so many milliseconds after now by its own clock. */
function logOf(takenAfterMs: number, more: Partial<LogReport> = {}): LogReport {
  return {
    epoch: 'life',
    top: 1,
    first: 1,
    retained: 1,
    isFinished: false,
    interims: 0,
    openUtterances: [],
    events: [
      {
        offset: 1,
        kind: 'new-message-event',
        messageId: '1',
        publishedAt: at(0),
        appendedAt: at(takenAfterMs),
        followsPrevious: true,
      },
    ],
    lastAppendedAt: NOW,
    dropped: { duplicates: 0, stale: 0, over: 0 },
    presence: '',
    seenRelays: [],
    ...more,
  };
}

const relayOf = (more: Partial<RelayReport> = {}): RelayReport => ({
  relay: RELAY,
  at: NOW,
  startedAt: NOW - 3_600_000,
  redisFault: '',
  desktops: [],
  desktopsLeftOff: 0,
  delivered: [],
  visits: [],
  refusals: [],
  ...more,
});

const reportOf = (log: LogReport, ...reports: RelayReport[]): TraceReport => ({
  conversation: 'projects/demo-project/conversations/c',
  log,
  reports: reports.length === 0 ? [relayOf()] : reports,
  missing: 0,
  isHeard: true,
});

const detailsOf = (report: TraceReport) => judgeClocks(report).map(({ detail }) => detail);

test('a function within a few seconds of the relay has no finding on clocks', () => {
  for (const ms of [-3_000, -1_000, 0, 2_000]) assert.equal(detailsOf(reportOf(logOf(ms))), [], String(ms));
});

test('a function ahead of or behind the relay is named with how far', () => {
  assert.equal(detailsOf(reportOf(logOf(60_000))), [
    'the clock of the functions is 60 s ahead of that of the relay',
  ]);
  assert.equal(detailsOf(reportOf(logOf(-60_000))), [
    'the clock of the functions is 60 s behind that of the relay',
  ]);
});

test('without a measured time a delivery before the append shows the clock', () => {
  const log = logOf(60_000, { lastAppendedAt: null });
  const handedOut = relayOf({ delivered: [{ epoch: 'life', offset: 1, at: NOW }] });
  assert.equal(detailsOf(reportOf(log, handedOut)), [
    'the clock of the functions is 60 s ahead of that of the relay',
  ]);
  assert.equal(detailsOf(reportOf(log)), []);
});

test('a wrong clock of a function makes no event late or early', () => {
  const checks = judge(reportOf(logOf(60_000))).map(({ check }) => check);
  assert.equal(
    checks.filter((check) => check === 'lag' || check === 'clocks'),
    ['clocks'],
  );
});

test('relays whose clocks differ are named, and an answer that took 2 s is not', () => {
  const other = (ms: number) => relayOf({ relay: OTHER, at: NOW + ms });
  assert.equal(detailsOf(reportOf(logOf(0), relayOf(), other(2_000))), []);
  assert.equal(detailsOf(reportOf(logOf(0), relayOf(), other(-90_000))), [
    'the clock of relay 9f8e7d6c is 90 s behind that of relay 0a1b2c3d',
  ]);
});

test('a relay that writes to Redis and does not answer is cut off', () => {
  const log = logOf(0, { seenRelays: [RELAY, OTHER].map((relay) => ({ relay, seenAt: NOW - 20_000 })) });
  const [found] = judge(reportOf(log)).filter(({ check }) => check === 'relays');
  assert.match(found?.detail ?? '', /^relay 9f8e7d6c has desktops .* it last wrote 20 s ago$/);
  assert.is(found?.state, 'fault');
});

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

test('the last line names the first fault, or says that all is well', () => {
  const well = { check: 'relays', state: 'ok', detail: 'fine' } as const;
  const fault = { check: 'Redis', state: 'fault', detail: 'is full', remedy: 'a larger one' } as const;
  const note = { check: 'lag', state: 'note', detail: 'late', remedy: 'look' } as const;
  const letters = { check: 'dead letters', state: 'note', detail: 'not looked at', remedy: 'list' } as const;
  assert.is(lastLine([well, letters]), 'healthy');
  assert.is(lastLine([well, note]), 'no fault, 1 note. First: look');
  assert.is(lastLine([note, fault, fault]), '2 faults, 1 note. First: a larger one');
});

test('the last line names the remedy of a refusal where nobody has joined', () => {
  const refused = {
    refused: 'origin',
    outcome: 'CORS_ALLOWED_ORIGINS does not list https://desk.example',
    sub: '',
    jti: '',
    conversation: '',
    route: '',
    count: 1,
    firstAt: NOW,
    lastAt: NOW,
  };
  const findings = judge(reportOf(logOf(0), relayOf({ refusals: [refused] })));
  assert.match(lastLine(findings), /^1 fault, 1 note\. First: add the origin to CORS_ALLOWED_ORIGINS/);
});

test.run();
