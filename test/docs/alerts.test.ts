// docs/metrics.md is held to the table of alerts.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALERTS } from '../../scripts/monitoring/alerts.ts';
import { generatedFiles } from '../../scripts/monitoring/generated-files.ts';
import { links, readDoc } from './markdown.ts';

const page = readDoc('docs/metrics.md');

test('every alert is on the page as the table of alerts has it, and no other is', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `AgentAssist'));
  const target = (runbook: string) => runbook.replace(/^docs\/metrics\.md|^docs\//, '');
  assert.equal(
    rows,
    ALERTS.map(
      ({ name, severity, when, meaning, firstStep, runbook }) =>
        `| \`${name}\` | ${severity} | ${when} | ${meaning} | ${firstStep} [More](${target(runbook)}) |`,
    ),
  );
});

test('every file to download is on the page', () => {
  for (const path of Object.keys(generatedFiles()))
    assert.ok(links(page).includes(path.replace(/^docs\//, '')), path);
});

test('the alerts of which Google has the metrics are the ones that the page names', () => {
  const named = /Without them, only ([^.]*) can fire/
    .exec(page.replaceAll('\n', ' '))?.[1]
    ?.match(/\bAgentAssist\w+/g);
  assert.equal(
    named,
    ALERTS.filter(({ isGoogles }) => isGoogles).map(({ name }) => name),
  );
  assert.is(ALERTS.length, 11, 'the page says eleven');
});

test.run();
