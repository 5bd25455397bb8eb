// `npm run simulate` as a user runs it: real functions, Redis and a relay.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadReport } from '../../scripts/load/report.ts';
import { startLoopbackServer } from '../../scripts/local/loopback-server.ts';
import { ROOT } from '../docs/markdown.ts';
import { runNode } from '../helpers/process.ts';
import { simulate, simulatorFixture, startSimulate, totalOf } from '../helpers/simulator.ts';
import { until } from '../helpers/until.ts';

const fixture = simulatorFixture(test);
/** Until a command plays, on a busy machine. */
const START_LIMIT_MS = 60_000;

test('3 calls with duplicates and reordering: each event arrives once', async () => {
  const ended = await simulate(
    ...['--calls=3', '--scenario=returns', '--scenario=delivery-ja', '--rate=2', '--speed=20'],
    ...['--duplicates=20%', '--reorder=20%', '--seed=1', '--publish=functions'],
  );
  assert.is(ended.code, 0, ended.output);
  const { published = 0, delivered = 0, lost, repeated, superseded = 0 } = totalOf(ended);
  assert.ok(published > 300, ended.output);
  assert.equal([lost, repeated, delivered + superseded], [0, 0, published]);
  const [, twice = 0, held = 0] =
    /^(\d+) were delivered twice, (\d+) after later ones \(--seed 1\)\.$/m.exec(ended.output)?.map(Number) ??
    [];
  assert.ok(twice > 30 && held > 30, ended.output);
  assert.match(ended.output, '3/3 calls over, 0 going on');
  assert.match(ended.output, 'Every event arrived exactly once');
});

test('calls to a relay that runs: each event arrives once, at a desktop of its own', async () => {
  const ended = await simulate(
    '--calls=2',
    '--scenario=energy-fr',
    '--rate=5',
    '--speed=20',
    ...fixture.toStack(),
  );
  assert.is(ended.code, 0, ended.output);
  const { published = 0, lost, repeated } = totalOf(ended);
  assert.ok(published > 100, ended.output);
  assert.equal([lost, repeated], [0, 0]);
});

/** A run in which each event arrives once, and each desktop that was cut comes back. */
async function loadOfSix(holdSeconds: number) {
  const name = join(fixture.directory(), 'load');
  const ended = await simulate(
    ...['--agents=6', '--ramp=1s', `--hold=${holdSeconds}s`, '--fault=cut:30%', '--speed=5'],
    ...[`--report=${name}`, ...fixture.toStack()],
  );
  assert.is(ended.code, 0, ended.output);
  assert.match(ended.output, 'Every event arrived exactly once and in order.');
  const report: LoadReport = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
  const cut = report.faults[0]?.desktops ?? 0;
  // The desktops may lose their connection for different reasons.
  const lost = report.losses.reduce((sum, { count }) => sum + count, 0);
  assert.equal([lost, report.reconnects.count], [cut, cut]);
  return { name, report, isInTime: report.agents.mostJoined === 6 && cut === 2 };
}

test('a load of 6 agents with cuts: each event arrives once, reports are written', async () => {
  // A run ends by time. One that was over before all desktops had joined is made again, with more time.
  let made = await loadOfSix(4);
  for (const holdSeconds of [20, 60]) if (!made.isInTime) made = await loadOfSix(holdSeconds);
  const { name, report } = made;
  assert.is(report.agents.mostJoined, 6);
  assert.is(report.faults[0]?.desktops, 2);
  assert.ok((report.events.total?.delivered ?? 0) > 20);
  const html = readFileSync(`${name}.html`, 'utf8');
  assert.match(html, '<svg');
  for (const text of [html, JSON.stringify(report)]) assert.not.match(text, /simulated-|eyJ/);
});

test('events that get lost on the way end it with 1, and are counted', async () => {
  const sink = await startLoopbackServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  fixture.defer(() => sink.stop());
  const ended = await simulate(
    ...['--calls=1', '--scenario=delivery-ja', '--speed=50'],
    ...fixture.toStack({ 'human-agent-assistant-event': sink.url }),
  );
  assert.is(ended.code, 1, ended.output);
  const lost = totalOf(ended).lost ?? 0;
  assert.ok(lost > 3, ended.output);
  assert.match(ended.output, `FAILED: ${lost} lost, 0 repeated, 0 unexpected.`);
});

test('Ctrl-C ends a run with 130 and what was published by then', async () => {
  let messages = 0;
  const sink = await startLoopbackServer((request, response) => {
    messages += 1;
    request.resume().on('end', () => response.writeHead(204).end());
  });
  fixture.defer(() => sink.stop());
  const { child, ended } = startSimulate(
    ...['--calls=3', '--rate=50', '--scenario=billing'],
    ...fixture.toStack({ 'new-message-event': sink.url }),
  );
  // Interim transcripts come before the first message.
  await until(() => messages > 0, START_LIMIT_MS);
  child.kill('SIGINT');
  const { code, output } = await ended;
  assert.is(code, 130, output);
  assert.match(output, /^total +[1-9]/m);
});

test('a relay of another machine is refused before anything is sent to it', async () => {
  const ended = await simulate('--relay=https://relay.example.com', '--publish=pubsub:my-project');
  assert.is(ended.code, 2);
  assert.match(ended.output, '--relay: a relay on another machine needs --credential-env');
});

test('without a terminal and without --yes nothing is played to another machine', async () => {
  const ended = await runNode(
    [
      'scripts/simulate/main.ts',
      ...['--relay=https://relay.example.com', '--publish=pubsub:my-project', '--credential-env=CREDENTIAL'],
    ],
    { cwd: ROOT, env: { PATH: process.env.PATH, CREDENTIAL: 'secret' } },
  );
  assert.is(ended.code, 1);
  assert.match(
    ended.output,
    /Play 10 calls \(.+\) through Pub\/Sub of my-project to https:\/\/relay\.example\.com\? \[y\/N\]/,
  );
  assert.match(ended.output, 'nothing was played');
  assert.not.match(ended.output, 'secret');
});

test.run();
