// 500 agents from one process against a system on the same machine, and the report of it in Chromium.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadReport } from '../../scripts/load/report.ts';
import { summaryText } from '../../scripts/load/summary.ts';
import { seriousFaultsIn } from '../helpers/axe.ts';
import { Fixture } from '../helpers/fixture.ts';
import { PagePool } from '../helpers/page-pool.ts';
import { simulate } from '../helpers/simulator.ts';

const fixture = new Fixture(test);
const AGENTS = 500;

test('500 agents with every fault: each event arrives once, the report is readable', async () => {
  const name = join(fixture.directory(), 'load');
  const ended = await simulate(
    ...[`--agents=${AGENTS}`, '--ramp=60s', '--hold=90s', '--publish=functions', `--report=${name}`],
    ...['--fault=cut:10%', '--fault=slow:5%', '--fault=reconnect-wave'],
    ...['--fault=restart-relay', '--fault=redis-pause'],
  );
  const report: LoadReport = JSON.parse(readFileSync(`${name}.json`, 'utf8'));
  for (const line of summaryText(report).split('\n')) console.log(`# ${line}`);
  assert.is(ended.code, 0, ended.output);
  assert.is(report.agents.mostJoined, AGENTS);
  assert.is(report.faults.length, 5);

  const pages = await PagePool.start(fixture);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1_200]) {
      const page = await pages.take({ colorScheme, viewport: { width, height: 900 } });
      await page.setContent(readFileSync(`${name}.html`, 'utf8'));
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      assert.equal(await seriousFaultsIn(page), []);
      const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      assert.not.ok(isTooWide, `${colorScheme} ${width}`);
    }
  }
});

test.run();
