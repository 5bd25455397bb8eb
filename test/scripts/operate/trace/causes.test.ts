// What the verdict says of clocks and of relays that are cut off, and the last line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TraceReport } from '../../../../relay/trace/create-trace.ts';
import type { LogReport } from '../../../../relay/trace/log-report.ts';
import type { RelayReport } from '../../../../relay/trace/relay-report.ts';
import { judgeClocks } from '../../../../scripts/operate/trace/judge-clocks.ts';
import { judge, lastLine } from '../../../../scripts/operate/trace/verdict.ts';
import { event, logOf, NAME, NOW, OTHER, RELAY, refusal, relayOf } from './reports.ts';

/** A log with one event, which a function took so many milliseconds after now by its own clock. */
const takenAfter = (ms: number, more: Partial<LogReport> = {}): LogReport =>
  logOf([event(1, 0, { appendedAt: new Date(NOW + ms).toISOString() })], { lastAppendedAt: NOW, ...more });

const reportOf = (log: LogReport, ...reports: RelayReport[]): TraceReport => ({
  conversation: NAME,
  log,
  reports: reports.length === 0 ? [relayOf()] : reports,
  missing: 0,
  isHeard: true,
});

const detailsOf = (report: TraceReport) => judgeClocks(report).map(({ detail }) => detail);

test('a function within a few seconds of the relay has no finding on clocks', () => {
  for (const ms of [-3_000, -1_000, 0, 2_000])
    assert.equal(detailsOf(reportOf(takenAfter(ms))), [], String(ms));
});

test('a function ahead of or behind the relay is named with how far', () => {
  assert.equal(detailsOf(reportOf(takenAfter(60_000))), [
    'the clock of the functions is 60 s ahead of that of the relay',
  ]);
  assert.equal(detailsOf(reportOf(takenAfter(-60_000))), [
    'the clock of the functions is 60 s behind that of the relay',
  ]);
});

test('without a measured time a delivery before the append shows the clock', () => {
  const log = takenAfter(60_000, { lastAppendedAt: null });
  const handedOut = relayOf({ delivered: [{ epoch: 'life', offset: 1, at: NOW }] });
  assert.equal(detailsOf(reportOf(log, handedOut)), [
    'the clock of the functions is 60 s ahead of that of the relay',
  ]);
  assert.equal(detailsOf(reportOf(log)), []);
});

test('a wrong clock of a function makes no event late or early', () => {
  const checks = judge(reportOf(takenAfter(60_000))).map(({ check }) => check);
  assert.equal(
    checks.filter((check) => check === 'lag' || check === 'clocks'),
    ['clocks'],
  );
});

test('relays whose clocks differ are named, and an answer that took 2 s is not', () => {
  const other = (ms: number) => relayOf({ relay: OTHER, at: NOW + ms });
  assert.equal(detailsOf(reportOf(takenAfter(0), relayOf(), other(2_000))), []);
  assert.equal(detailsOf(reportOf(takenAfter(0), relayOf(), other(-90_000))), [
    'the clock of relay 9f8e7d6c is 90 s behind that of relay 0a1b2c3d',
  ]);
});

test('a relay that writes to Redis and does not answer is cut off', () => {
  const log = takenAfter(0, { seenRelays: [RELAY, OTHER].map((relay) => ({ relay, seenAt: NOW - 20_000 })) });
  const [found] = judge(reportOf(log)).filter(({ check }) => check === 'relays');
  assert.match(found?.detail ?? '', /^relay 9f8e7d6c has desktops .* it last wrote 20 s ago$/);
  assert.is(found?.state, 'fault');
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
  const refused = refusal({
    refused: 'origin',
    outcome: 'CORS_ALLOWED_ORIGINS does not list https://desk.example',
    sub: '',
    conversation: '',
  });
  const findings = judge(reportOf(takenAfter(0), relayOf({ refusals: [refused] })));
  assert.match(lastLine(findings), /^1 fault, 1 note\. First: add the origin to CORS_ALLOWED_ORIGINS/);
});

test.run();
