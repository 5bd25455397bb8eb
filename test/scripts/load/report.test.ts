import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { displayLine, displayLines, showLoad } from '../../../scripts/load/display.ts';
import { clockText, msText } from '../../../scripts/load/figures.ts';
import { htmlReport } from '../../../scripts/load/html/page.ts';
import { linearScale, logScale, timeScale } from '../../../scripts/load/html/scale.ts';
import { thinned } from '../../../scripts/load/html/thin.ts';
import { reportFiles } from '../../../scripts/load/report-files.ts';
import { summaryText, verdict } from '../../../scripts/load/summary.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { madeUpReport, madeUpResult } from '../../helpers/load-report.ts';

const fixture = new Fixture(test);
const tablesIn = (html: string) => [...html.matchAll(/<table /g)].length;
const plotsIn = (html: string) => [...html.matchAll(/<svg [^>]*role="img"/g)].length;

test('the HTML report has four plots, each with its figures in a table', () => {
  const html = htmlReport(madeUpReport());
  assert.is(plotsIn(html), 4);
  assert.is([...html.matchAll(/<\/figure><details><summary>Figures: /g)].length, 4);
  // Beside those of the plots: events, connections, and the reasons why connections were lost.
  assert.is(tablesIn(html), 4 + 3);
  for (const [, name = ''] of html.matchAll(/<svg [^>]*aria-label="([^"]*)"/g))
    assert.match(html, `<title>${name}</title>`);
  assert.match(html, '1: cut:10% at 1:40, 2 desktops');
  assert.match(html, 'prefers-color-scheme: dark');
});

test('the HTML report needs nothing from elsewhere and runs no script', () => {
  const html = htmlReport(madeUpReport());
  assert.match(html, "default-src 'none'; style-src 'unsafe-inline'");
  assert.not.match(html, /<script|<link|<img|\ssrc=|href=|@import|url\(/);
});

test('what a relay says stands in the HTML report as text', () => {
  const html = htmlReport(madeUpReport(({ refusals }) => refusals.add('join: <img src=x onerror="a()">')));
  assert.match(html, 'join: &lt;img src=x onerror=&quot;a()&quot;&gt;');
  assert.not.match(html, '<img');
});

test('a report is good only without loss, repetition, disorder and refusal', () => {
  assert.ok(madeUpReport().isGood);
  assert.is(verdict(madeUpReport()), 'Every event arrived exactly once and in order.');
  const lost = madeUpReport((measured) => measured.lost('new-message-event'));
  assert.not.ok(lost.isGood);
  assert.is(verdict(lost), 'FAILED: 1 lost, 0 repeated, 0 out of order, 0 unexpected, 0 refused.');
  assert.not.ok(madeUpReport(({ refusals }) => refusals.add('connect: too many connections')).isGood);
});

test('the summary has every figure, and says when figures are not reliable', () => {
  const report = madeUpReport(({ errors }) => errors.add('connect: websocket error'));
  const text = summaryText(report);
  assert.match(text, /^total +200 +200 +0 +0 +0 +0 +8(?:\.\d)? +11 +\d+ +900$/m);
  assert.match(text, 'At most 19 of 20 agents were in a call at the same time.');
  assert.match(text, 'fault cut:10% after 100 s, 2 desktops');
  assert.match(text, 'connections lost: 1 × 1006 the connection broke');
  assert.match(text, 'errors: 1 × connect: websocket error');
  assert.match(text, 'This process used 40 % of a core');
  const { generator } = report;
  const late = (cpu: number) =>
    summaryText({ ...report, generator: { ...generator, cpu, isReliable: false, lateSeconds: 30 } });
  assert.match(late(0.95), /NOT RELIABLE: .* in 30 of 200 seconds[\s\S]* It is the bottleneck/);
  assert.match(late(0.1), 'The machine was busy with something else');
});

test('long runs are thinned: counts are added, and the highest latency stays', () => {
  const { samples } = madeUpReport();
  const intervals = thinned(samples, 50);
  assert.is(intervals.length, 50);
  assert.equal(
    intervals.slice(0, 2).map(({ fromMs, atMs, published }) => [fromMs, atMs, published]),
    [
      [0, 4_000, 4],
      [4_000, 8_000, 4],
    ],
  );
  assert.is(Math.max(...intervals.map(({ p99 }) => p99 ?? 0)), 900);
  assert.is(thinned(samples, 500).length, samples.length);
});

test('scales end at round values', () => {
  assert.equal(linearScale(470).ticks, [0, 100, 200, 300, 400, 500]);
  assert.equal(linearScale(0).ticks, [0, 1]);
  assert.equal(logScale([3, 700]).ticks, [1, 10, 100, 1_000]);
  assert.is(logScale([3, 700]).at(1), 0);
  assert.equal(timeScale(180_000).ticks.map(clockText), [
    '0:00',
    '0:30',
    '1:00',
    '1:30',
    '2:00',
    '2:30',
    '3:00',
  ]);
  assert.equal([msText(null), msText(4.26), msText(1_234.5)], ['–', '4.3', '1,235']);
});

test('a terminal has lines that change, anything else a plain line', () => {
  const result = madeUpResult();
  const written = { tty: '', log: '' };
  const streamOf = (name: keyof typeof written, isTTY: boolean) =>
    Object.assign(Object.create(process.stderr), {
      isTTY,
      columns: 100,
      write(text: string) {
        written[name] += text;
      },
    });
  showLoad(result, streamOf('log', false))();
  showLoad(result, streamOf('tty', true))();
  assert.match(written.log, /^3:20 .+ · 20 connected, 19 joined · 1 events\/s · .+ · 0 refused\n$/);
  assert.is(written.log, `${displayLine(result)}\n`);
  assert.ok(written.tty.startsWith('\r\u001b[0J'));
  const plain = displayLines(result, (_style, text) => text);
  assert.is(plain.length, 7);
  assert.ok(plain.every((line) => line.length < 100 && !line.includes('\u001b')));
  assert.match(plain.join('\n'), '20 connected, 19 joined, of 20');
});

test('reports get a name with the time, and never replace a file', () => {
  const folder = fixture.directory();
  const now = new Date('2026-03-12T09:15:41.387Z');
  assert.match(reportFiles(undefined, now).json, /load-report-20260312-091541\.json$/);
  const files = reportFiles(join(folder, 'one'), now);
  files.write(madeUpReport());
  assert.ok(existsSync(files.html));
  const { format, version, samples } = JSON.parse(readFileSync(files.json, 'utf8'));
  assert.equal([format, version, samples.length], ['agent-assist-relay-load', 1, 200]);
  writeFileSync(join(folder, 'two.html'), '');
  const sealed = join(folder, 'sealed');
  mkdirSync(sealed, { mode: 0o500 });
  // Nothing is closed to root.
  const closed = process.getuid?.() === 0 ? [] : ['sealed/three'];
  for (const name of ['one', 'two', 'none/three', 'two.html/three', ...closed])
    assert.throws(
      () => reportFiles(join(folder, name), now),
      (error: unknown) => error instanceof UsageError && error.message.startsWith('--report: '),
    );
});

test.run();
