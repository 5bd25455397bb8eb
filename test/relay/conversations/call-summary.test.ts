import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Call } from '../../../relay/conversations/call-reader.ts';
import type { Sentiment } from '../../../relay/conversations/call-state.ts';
import { type CallSummary, isFalling, summarize } from '../../../relay/conversations/call-summary.ts';
import { ENDED_LISTED_MS } from '../../../shared/conversation-index/conversation-index.ts';
import { sortableTime } from '../../../shared/stream/sortable-time.ts';

const NOW = Date.parse('2026-03-12T12:00:00Z');
const CONVERSATION = 'projects/demo-project/conversations/c-1';
const THRESHOLDS = { longCallSeconds: 900, silenceSeconds: 60 };

const ago = (seconds: number) => NOW - seconds * 1000;
const timeAgo = (seconds: number) => sortableTime(new Date(ago(seconds)).toISOString());
const scores = (...values: number[]): Sentiment[] =>
  values.map((score) => ({ score, magnitude: Math.abs(score) }));

/** A call that began 100 s ago and in which somebody spoke 10 s ago. */
const CALL: Call = {
  location: undefined,
  answeredBy: undefined,
  humanAgentAt: '',
  sentiments: [],
  lastEventAt: timeAgo(10),
  isFinished: false,
  humanNeededAt: '',
  failedAt: '',
};

function summaryOf(
  call: Partial<Call>,
  { startedAt = ago(100), endedAt }: { startedAt?: number; endedAt?: number | undefined } = {},
): CallSummary | undefined {
  const listed = { conversation: CONVERSATION, startedAt, endedAt } as const;
  return summarize(listed, { ...CALL, ...call }, 2, THRESHOLDS, NOW);
}
const flagsOf = (...given: Parameters<typeof summaryOf>) => summaryOf(...given)?.flags;

test('a call of which little is known has its times, its desktops and no flags', () => {
  assert.equal(summaryOf({}), {
    name: CONVERSATION,
    startTime: '2026-03-12T11:58:20.000Z',
    lastEventTime: '2026-03-12T11:59:50.000Z',
    desktops: 2,
    flags: [],
  });
});

test('the name has the location where it is known', () => {
  const name = 'projects/demo-project/locations/us/conversations/c-1';
  assert.is(summaryOf({ location: 'us' })?.name, name);
});

test('a call without retained events shows its start, and is not silent', () => {
  const summary = summaryOf({ lastEventAt: '' });
  assert.is(summary?.lastEventTime, summary?.startTime);
  assert.equal(summary?.flags, []);
});

for (const [what, call, stage] of [
  ['nobody has answered', {}, undefined],
  ['a virtual agent answers', { answeredBy: 'AUTOMATED_AGENT' }, 'VIRTUAL_AGENT'],
  ['a human agent answers', { answeredBy: 'HUMAN_AGENT' }, 'HUMAN_ASSIST'],
  ['a human was asked for', { answeredBy: 'AUTOMATED_AGENT', humanNeededAt: '0' }, 'HUMAN_ASSIST'],
  ['it is finished', { answeredBy: 'HUMAN_AGENT', isFinished: true }, 'ENDED'],
] as const) {
  test(`the stage of a call where ${what} is ${stage}`, () => {
    assert.is(summaryOf(call)?.stage, stage);
  });
}

test('a call is long from the threshold on', () => {
  assert.equal(flagsOf({}, { startedAt: ago(899) }), []);
  assert.equal(flagsOf({}, { startedAt: ago(900) }), ['LONG_CALL']);
});

test('a call is silent from the threshold on', () => {
  assert.equal(flagsOf({ lastEventAt: timeAgo(59) }), []);
  assert.equal(flagsOf({ lastEventAt: timeAgo(60) }), ['SILENCE']);
});

test('a call needs a human until a human agent has spoken', () => {
  const humanNeededAt = timeAgo(30);
  assert.equal(flagsOf({ humanNeededAt }), ['HUMAN_INTERVENTION_NEEDED']);
  assert.equal(flagsOf({ humanNeededAt, humanAgentAt: timeAgo(40) }), ['HUMAN_INTERVENTION_NEEDED']);
  assert.equal(flagsOf({ humanNeededAt, humanAgentAt: timeAgo(20) }), []);
});

test('a call with everything wrong has all flags in their order', () => {
  const call = {
    lastEventAt: timeAgo(100),
    sentiments: scores(0.5, 0.5, -0.5, -0.5, -0.5),
    humanNeededAt: timeAgo(100),
    failedAt: timeAgo(100),
  };
  assert.equal(flagsOf(call, { startedAt: ago(1_000) }), [
    'LONG_CALL',
    'SILENCE',
    'FALLING_SENTIMENT',
    'HUMAN_INTERVENTION_NEEDED',
    'UNRECOVERABLE_ERROR',
  ]);
});

test('of an ended call only an error is flagged', () => {
  const call = { humanNeededAt: timeAgo(50), failedAt: timeAgo(50), lastEventAt: timeAgo(200) };
  const times = { startedAt: ago(2_000), endedAt: ago(100) };
  assert.equal(flagsOf(call, times), ['UNRECOVERABLE_ERROR']);
  assert.equal(flagsOf({ ...call, failedAt: '' }, times), []);
});

test('an ended call goes after a while, also where only its log knows the end', () => {
  const long = ENDED_LISTED_MS / 1000;
  assert.is(summaryOf({}, { endedAt: ago(long - 1) })?.stage, 'ENDED');
  assert.is(summaryOf({}, { endedAt: ago(long) }), undefined);
  assert.is(summaryOf({ isFinished: true, lastEventAt: timeAgo(long) }), undefined);
});

test('the sentiment is the mean of the three newest messages', () => {
  assert.is(summaryOf({})?.sentiment, undefined);
  assert.equal(summaryOf({ sentiments: scores(-0.6) })?.sentiment, { score: -0.6, magnitude: 0.6 });
  assert.equal(summaryOf({ sentiments: scores(0.9, -0.1, -0.2, -0.4) })?.sentiment, {
    score: -0.23,
    magnitude: 0.23,
  });
});

for (const [values, expected] of [
  [[], false],
  [[0.5, -0.9, -0.9, -0.9], false],
  [[0.5, 0.5, -0.1, -0.1, -0.1], true],
  [[0.1, 0.1, -0.1, -0.1, -0.1], false],
  [[0.9, 0.9, 0.2, 0.2, 0.2], false],
  [[-0.9, -0.9, -0.9, -0.9, -0.9], false],
  [[-0.2, -0.2, -0.9, -0.9, -0.9], true],
] as const) {
  test(`the sentiment ${JSON.stringify(values)} ${expected ? 'falls' : 'does not fall'}`, () => {
    assert.is(isFalling(scores(...values)), expected);
  });
}

test.run();
