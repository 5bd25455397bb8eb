import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConnectionLog } from '../../../scripts/load/connection-log.ts';
import { ConversationCheck } from '../../../scripts/load/conversation-check.ts';
import { LatencyHistogram } from '../../../scripts/load/latency-histogram.ts';
import { LATE_MS, summaryOf } from '../../../scripts/load/loop-delay.ts';
import { Measurements, Reasons } from '../../../scripts/load/measurements.ts';
import { type EventKind, INTERIM_KIND } from '../../../shared/event.ts';

const NAME = 'projects/p/conversations/c';
const MESSAGE = 'new-message-event' satisfies EventKind;
const LIVE = { liveSince: 0, joins: 1 };

function fixture() {
  const measured = new Measurements();
  const check = new ConversationCheck(NAME, measured);
  return {
    measured,
    check,
    publish: (messageId: string, at: number, kind: EventKind = MESSAGE, utterance?: string) =>
      check.published({ conversation: NAME, kind, messageId, sentAs: [messageId], utterance, at }),
    arrive: (messageId: string, offset: number, at: number, view = LIVE, conversation = NAME) =>
      check.arrived(
        {
          conversation_name: conversation,
          data_type: MESSAGE,
          message_id: messageId,
          cursor: `epoch.${offset}.tag`,
          publish_time: '2026-03-12T09:15:41.387Z',
        },
        view,
        at,
      ),
    arriveInterim: (messageId: string, at: number, second = 0, view = LIVE) =>
      check.arrived(
        {
          conversation_name: NAME,
          data_type: INTERIM_KIND,
          message_id: messageId,
          cursor: 'epoch.1.tag',
          publish_time: `2026-03-12T09:15:0${second}.000Z`,
          new_recognition_result_message_id: 'u',
        },
        view,
        at,
      ),
    counts: () => {
      const { published, delivered, lost, repeated, outOfOrder, superseded, unexpected } = measured.totals();
      return { published, delivered, lost, repeated, outOfOrder, superseded, unexpected };
    },
    isComplete: () => check.isComplete(never),
  };
}

const never = () => false;
const CLEAN = {
  published: 0,
  delivered: 0,
  lost: 0,
  repeated: 0,
  outOfOrder: 0,
  superseded: 0,
  unexpected: 0,
};

test('an event that arrives once is delivered, with its latency', () => {
  const { publish, arrive, check, counts, measured, isComplete } = fixture();
  publish('1', 100);
  assert.not.ok(isComplete());
  arrive('1', 1, 142);
  assert.ok(isComplete());
  check.settle(never);
  assert.equal(counts(), { ...CLEAN, published: 1, delivered: 1 });
  assert.is(Math.round(measured.latency().summary().max ?? 0), 42);
});

test('an event that arrives before its publication is confirmed is delivered, too', () => {
  const { publish, arrive, check, counts, isComplete } = fixture();
  arrive('1', 1, 142);
  publish('1', 100);
  assert.ok(isComplete());
  check.settle(never);
  assert.equal(counts(), { ...CLEAN, published: 1, delivered: 1 });
});

test('a lost, a repeated and an unexpected event are counted', () => {
  const { publish, arrive, check, counts } = fixture();
  publish('1', 1);
  publish('2', 2);
  arrive('1', 1, 3);
  arrive('1', 1, 4);
  arrive('9', 2, 5);
  arrive('2', 3, 6, LIVE, 'projects/p/conversations/other');
  check.settle(never);
  assert.equal(counts(), { ...CLEAN, published: 2, delivered: 1, lost: 1, repeated: 1, unexpected: 2 });
});

test('an event behind one that has arrived in the log is out of order', () => {
  const { publish, arrive, counts } = fixture();
  for (const [messageId, offset] of [
    ['1', 1],
    ['3', 3],
    ['2', 2],
    ['4', 4],
  ] as const) {
    publish(messageId, offset);
    arrive(messageId, offset, 10);
  }
  assert.is(counts().outOfOrder, 1);
});

test('of interim transcripts the overtaken one is superseded, the newest one lost', () => {
  const { publish, arriveInterim, check, counts, isComplete } = fixture();
  for (const at of [1, 2, 3]) publish(String(at), at, INTERIM_KIND, 'u');
  arriveInterim('2', 5);
  assert.not.ok(isComplete());
  check.settle(never);
  assert.equal(counts(), { ...CLEAN, published: 3, delivered: 1, superseded: 1, lost: 1 });
});

test('an interim transcript is superseded by the message that it becomes', () => {
  const { publish, arrive, check, counts, isComplete } = fixture();
  publish('1', 1, INTERIM_KIND, 'u');
  publish('2', 2, MESSAGE, 'u');
  arrive('2', 1, 3);
  assert.ok(isComplete());
  check.settle(never);
  assert.equal(counts(), { ...CLEAN, published: 2, delivered: 1, superseded: 1 });
});

test('an interim transcript may come again after a join, and not without one', () => {
  const { publish, arriveInterim, counts } = fixture();
  publish('1', 1, INTERIM_KIND, 'u');
  arriveInterim('1', 2);
  arriveInterim('1', 3, 0, { liveSince: 0, joins: 2 });
  assert.is(counts().repeated, 0);
  arriveInterim('1', 4, 0, { liveSince: 0, joins: 2 });
  assert.is(counts().repeated, 1);
});

test('an interim transcript after a newer one of its utterance is out of order', () => {
  const { publish, arriveInterim, counts } = fixture();
  publish('1', 1, INTERIM_KIND, 'u');
  publish('2', 2, INTERIM_KIND, 'u');
  arriveInterim('2', 3, 2);
  arriveInterim('1', 4, 1);
  assert.is(counts().outOfOrder, 1);
});

test('what was published while the desktop was away counts apart', () => {
  const { publish, arrive, check, counts, measured } = fixture();
  publish('1', 10);
  publish('2', 20, INTERIM_KIND, 'u');
  arrive('1', 1, 5_000, { liveSince: 4_000, joins: 2 });
  check.settle((at) => at < 4_000);
  assert.equal(counts(), { ...CLEAN, published: 2, delivered: 1, superseded: 1 });
  assert.equal([measured.latency().summary().count, measured.delayed.summary().count], [0, 1]);
});

test('after Ctrl-C what has not arrived is not called lost', () => {
  const { publish, check, measured } = fixture();
  publish('1', 1);
  check.settle(never, true);
  assert.equal([measured.totals().lost, measured.totals().unsettled], [0, 1]);
});

test('a desktop counts while it is connected and joined, and its times are measured', () => {
  const measured = new Measurements();
  let now = 0;
  const log = new ConnectionLog(measured, () => now);
  const at = (ms: number, step: () => void) => {
    now = ms;
    step();
  };
  at(0, () => log.connecting());
  at(20, () => log.connected());
  at(50, () => log.joined());
  assert.equal([measured.connected, measured.joined, log.liveSince, log.joins], [1, 1, 50, 1]);
  at(10_000, () => log.lost('1006 the connection broke'));
  assert.equal([measured.connected, measured.joined, log.liveSince], [0, 0, Number.POSITIVE_INFINITY]);
  at(11_000, () => log.connected());
  at(11_500, () => log.joined());
  const once = [measured.connects, measured.joins, measured.reconnects].map((each) => each.summary());
  assert.equal(
    once.map(({ count, max }) => [count, Math.round(max ?? 0)]),
    [
      [1, 20],
      [2, 500],
      [1, 1_500],
    ],
  );
  assert.equal(
    [5_000, 10_500, 12_000].map((ms) => log.wasAway(ms)),
    [false, true, false],
  );
  at(12_000, () => log.stalled());
  at(14_000, () => log.reading());
  assert.is(log.liveSince, 14_000);
  log.closed();
  assert.equal([measured.connected, measured.joined], [0, 0]);
});

test('percentiles are right to a thousandth, and each time is in its bucket', () => {
  const histogram = new LatencyHistogram();
  assert.equal(histogram.summary(), { count: 0, p50: null, p95: null, p99: null, max: null });
  for (let ms = 1; ms <= 1_000; ms++) histogram.record(ms);
  const { count, ...times } = histogram.summary();
  assert.is(count, 1_000);
  const expected = { p50: 500, p95: 950, p99: 990, max: 1_000 };
  for (const [name, ms] of Object.entries(expected)) {
    const measured = times[name as keyof typeof times] ?? 0;
    assert.ok(Math.abs(measured - ms) <= ms / 1_000 + 0.001, `${name}: ${measured}`);
  }
  const buckets = histogram.buckets();
  assert.is(
    buckets.reduce((sum, each) => sum + each.count, 0),
    1_000,
  );
  assert.equal(
    buckets.find(({ toMs }) => toMs === 100),
    { toMs: 100, count: 30 },
  );
  histogram.record(40_000);
  assert.equal(histogram.buckets().at(-1), { toMs: null, count: 1 });
});

test('a second has its events and the percentiles of its latencies alone', () => {
  const measured = new Measurements();
  for (const ms of [10, 20, 30]) measured.delivered(MESSAGE, ms, true);
  measured.published(MESSAGE);
  const first = measured.sample(1_000, { p99Ms: 3 });
  assert.equal(first, {
    ...{ atMs: 1_000, connected: 0, joined: 0, published: 1, delivered: 3 },
    ...{ p50: 20, p95: 30, p99: 30, loopDelayMs: 3 },
  });
  const second = measured.sample(2_000, { p99Ms: 0 });
  assert.equal([second.published, second.delivered, second.p99], [0, 0, null]);
});

test('reasons are counted, and no relay can make them too many', () => {
  const reasons = new Reasons();
  for (let number = 0; number < 200; number++) reasons.add(`reason ${number}`);
  reasons.add('reason 7');
  assert.is(reasons.total, 201);
  assert.equal(reasons.entries().slice(0, 2), [
    { reason: 'other', count: 150 },
    { reason: 'reason 7', count: 2 },
  ]);
});

test('figures are not reliable when more than a tenth of the seconds were late', () => {
  const seconds = (late: number) =>
    Array.from({ length: 20 }, (_, index) => ({ p99Ms: index < late ? LATE_MS + 1 : 1, maxMs: 1 }));
  const whole = { p99Ms: 4, maxMs: 9 };
  assert.ok(summaryOf(whole, seconds(2), 0.5).isReliable);
  const { isReliable, lateSeconds, seconds: all } = summaryOf(whole, seconds(3), 0.5);
  assert.equal([isReliable, lateSeconds, all], [false, 3, 20]);
});

test.run();
