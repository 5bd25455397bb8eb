import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  percentile,
  type Receipt,
  receiptKey,
  renderTable,
  reportDelivery,
} from '../../../scripts/demo/delivery-report.ts';

const MESSAGE = 'new-message-event';
const INTERIM = 'new-recognition-result-notification-event';
const message = (messageId: string, at = 0): Receipt => ({ kind: MESSAGE, messageId, at });
const interim = (messageId: string, at = 0): Receipt => ({ kind: INTERIM, messageId, at });

test('a call of which everything arrived once is complete', () => {
  const report = reportDelivery([message('1', 10), interim('1', 20)], [interim('1', 25), message('1', 12)]);
  assert.ok(report.isComplete);
  assert.is(report.total.delivered, 2);
  assert.is(report.rows.find(({ name }) => name === MESSAGE)?.p50, 2);
  assert.is(report.rows.find(({ name }) => name === INTERIM)?.p50, 5);
});

test('a missing event is not complete', () => {
  const report = reportDelivery([message('1'), message('2')], [message('1')]);
  assert.not(report.isComplete);
  assert.is(report.total.missing, 1);
});

test('the same id of another kind is another event', () => {
  const report = reportDelivery([message('1')], [interim('1')]);
  assert.not(report.isComplete);
  assert.is(report.total.missing, 1);
  assert.is(report.unexpected, 1);
});

test('a repeated event is not complete, and is delivered once', () => {
  const report = reportDelivery([message('1', 1)], [message('1', 2), message('1', 90)]);
  assert.not(report.isComplete);
  assert.is(report.total.delivered, 1);
  assert.is(report.total.repeated, 1);
  assert.is(report.total.p95, 1);
});

test('an event that was never published is not complete', () => {
  assert.not(reportDelivery([message('1')], [message('1'), message('x')]).isComplete);
});

test('only what the functions say they dropped as overtaken counts as superseded', () => {
  const published = [interim('1'), interim('2'), interim('3')];
  const report = reportDelivery(published, [interim('2')], new Set([receiptKey(interim('1'))]));
  assert.is(report.total.superseded, 1);
  assert.is(report.total.missing, 1);
  assert.ok(
    reportDelivery(published.slice(0, 2), [interim('2')], new Set([receiptKey(interim('1'))])).isComplete,
  );
});

test('a call of which nothing was published is not complete', () => {
  assert.not(reportDelivery([], []).isComplete);
});

test('a percentile is a value that was measured', () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.is(percentile(values, 0.5), 50);
  assert.is(percentile(values, 0.95), 95);
  assert.is(percentile([7], 0.95), 7);
  assert.is(percentile([], 0.5), undefined);
});

test('the table has a row a kind and a total, aligned', () => {
  const lines = renderTable(reportDelivery([message('1', 1)], [message('1', 2)])).split('\n');
  assert.is(lines.length, 6);
  assert.is(new Set(lines.map((line) => line.length)).size, 1);
  assert.match(
    lines[0] ?? '',
    /^events +published +delivered +missing +repeated +superseded +p50 ms +p95 ms$/,
  );
  assert.match(lines[5] ?? '', /^total +1 +1 +0 +0 +0 +1\.0 +1\.0$/);
});

test.run();
