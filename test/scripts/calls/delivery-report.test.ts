import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  findOvertaken,
  type Publication,
  percentile,
  type Receipt,
  renderTable,
  reportDelivery,
  verdict,
} from '../../../scripts/calls/delivery-report.ts';

const MESSAGE = 'new-message-event';
const INTERIM = 'new-recognition-result-notification-event';
const CALL = 'projects/p/conversations/c';

const receipt = (kind: Receipt['kind'], messageId: string, at = 0, conversation = CALL): Receipt => ({
  conversation,
  kind,
  messageId,
  at,
});
const message = (messageId: string, at = 0): Receipt => receipt(MESSAGE, messageId, at);
const interim = (messageId: string, at = 0): Receipt => receipt(INTERIM, messageId, at);
const published = (...receipts: Receipt[]): Publication[] =>
  receipts.map((each) => ({ ...each, sentAs: [each.messageId], utterance: undefined }));
const of = (utterance: string, each: Receipt): Publication => ({
  ...each,
  sentAs: [each.messageId],
  utterance,
});

const report = (
  events: readonly Publication[],
  received: readonly Receipt[],
  isSuperseded: (event: Publication) => boolean = () => false,
) => reportDelivery(events, received, { lateMs: 100, isSuperseded });

test('a call of which everything arrived once is complete', () => {
  const found = report(published(message('1', 10), interim('1', 20)), [interim('1', 25), message('1', 12)]);
  assert.ok(found.isComplete);
  assert.is(found.total.delivered, 2);
  assert.is(found.rows.find(({ name }) => name === MESSAGE)?.p50, 2);
  assert.is(found.rows.find(({ name }) => name === INTERIM)?.p50, 5);
  assert.is(verdict(found), 'Every event arrived exactly once.');
});

test('an event that did not arrive is lost', () => {
  const found = report(published(message('1'), message('2')), [message('1')]);
  assert.not(found.isComplete);
  assert.is(found.total.lost, 1);
  assert.is(verdict(found), 'FAILED: 1 lost, 0 repeated, 0 unexpected.');
});

test('what had not arrived when a run was interrupted does not count as lost', () => {
  const found = report(published(message('1'), message('2')), [message('1')]);
  assert.match(verdict(found, true), /^Interrupted: 1 events had not arrived/);
  assert.match(verdict(report([], []), true), /^Interrupted: 0 events/);
});

test('the same id of another kind or conversation is another event', () => {
  for (const other of [interim('1'), receipt(MESSAGE, '1', 0, 'projects/p/conversations/other')]) {
    const found = report(published(message('1')), [other]);
    assert.not(found.isComplete);
    assert.is(found.total.lost, 1);
    assert.is(found.unexpected, 1);
  }
});

test('a repeated event is not complete, and is delivered once', () => {
  const found = report(published(message('1', 1)), [message('1', 2), message('1', 90)]);
  assert.not(found.isComplete);
  assert.is(found.total.delivered, 1);
  assert.is(found.total.repeated, 1);
  assert.is(found.total.p95, 1);
});

test('an event that takes longer than it may is late, and the call is complete', () => {
  const found = report(published(message('1', 0), message('2', 0)), [message('1', 100), message('2', 101)]);
  assert.is(found.total.late, 1);
  assert.ok(found.isComplete);
});

test('an event that was never published is not complete', () => {
  assert.not(report(published(message('1')), [message('1'), message('x')]).isComplete);
});

test('only what is said to be superseded counts as superseded', () => {
  const events = published(interim('1'), interim('2'), interim('3'));
  const isFirst = ({ messageId }: Publication) => messageId === '1';
  const found = report(events, [interim('2')], isFirst);
  assert.is(found.total.superseded, 1);
  assert.is(found.total.lost, 1);
  const complete = report(events.slice(0, 2), [interim('2')], isFirst);
  assert.ok(complete.isComplete);
  assert.match(verdict(complete), 'but for 1 interim transcripts');
});

test('an interim transcript is overtaken once a newer one of its utterance arrived', () => {
  const [first, second, other] = [
    of('m1', interim('1', 1)),
    of('m1', interim('2', 2)),
    of('m2', interim('3', 3)),
  ];
  const isOvertaken = findOvertaken([first, second, other], [interim('2')]);
  assert.equal([first, second, other].map(isOvertaken), [true, false, false]);
});

test('a message overtakes the interim transcripts that become it, and none after it', () => {
  const events = [of('m1', interim('1', 1)), of('m1', message('2', 2)), of('m1', interim('3', 3))];
  assert.equal(events.map(findOvertaken(events, [message('2')])), [true, false, false]);
  assert.equal(events.map(findOvertaken(events, [])), [false, false, false]);
});

test('a message is never overtaken', () => {
  const events = [of('m1', message('1', 1)), of('m1', interim('2', 2))];
  assert.equal(events.map(findOvertaken(events, [interim('2')])), [false, false]);
});

test('a call of which nothing was published is not complete', () => {
  assert.not(report([], []).isComplete);
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.is(percentile(values, 0.5), 50);
  assert.is(percentile(values, 0.95), 95);
  assert.is(percentile([7], 0.95), 7);
  assert.is(percentile([], 0.5), undefined);
});

test('the table has a row a kind and a total, aligned', () => {
  const lines = renderTable(report(published(message('1', 1)), [message('1', 2)])).split('\n');
  assert.is(lines.length, 6);
  assert.is(new Set(lines.map((line) => line.length)).size, 1);
  assert.match(
    lines[0] ?? '',
    /^events +published +delivered +lost +repeated +late +superseded +p50 ms +p95 ms$/,
  );
  assert.match(lines[5] ?? '', /^total +1 +1 +0 +0 +0 +0 +1\.0 +1\.0$/);
});

test.run();
