// The rules as Prometheus reads them, played by promtool.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALERTS } from '../../../scripts/monitoring/alerts.ts';
import { capital } from '../../../scripts/monitoring/prometheus-rules.ts';
import { ROOT } from '../../docs/markdown.ts';
import { havePrometheus, promtool } from '../../helpers/prometheus.ts';
import { RULE_CASES, type RuleCase } from './rule-cases.ts';

const RULES = join(ROOT, 'docs/monitoring/prometheus-rules.yaml');
test.before(havePrometheus);

test('promtool takes the rules', async () => {
  const { ok, text } = await promtool('check', 'rules', RULES);
  assert.ok(ok, text);
  assert.match(text, `${ALERTS.length} rules found`);
});

test('each alert fires when it should, and is silent otherwise', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promtool-'));
  try {
    const file = join(folder, 'cases.yaml');
    const cases = {
      rule_files: [RULES],
      evaluation_interval: '30s',
      tests: [...RULE_CASES.map(played), nothing()],
    };
    await writeFile(file, JSON.stringify(cases));
    const { ok, text } = await promtool('test', 'rules', file);
    assert.ok(ok, text);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('every alert is played, both firing and silent', () => {
  for (const { name } of ALERTS) {
    const own = RULE_CASES.filter(({ alert }) => alert === name);
    assert.ok(
      own.some(({ fires }) => fires !== undefined),
      name,
    );
    assert.ok(
      own.some(({ silent }) => silent.length > 0),
      name,
    );
  }
});

/** A case as promtool has it. */
function played({ alert, what, series, fires, silent }: RuleCase): object {
  const at = (minutes: number, alerts: object[]) => ({
    eval_time: `${minutes}m`,
    alertname: alert,
    exp_alerts: alerts,
  });
  return {
    name: `${alert}: ${what}`,
    interval: '30s',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      ...(fires === undefined ? [] : [at(fires, [expected(alert)])]),
      ...silent.map((minutes) => at(minutes, [])),
    ],
  };
}

/** No relay, no series at all. */
function nothing(): object {
  return {
    interval: '30s',
    input_series: [{ series: 'up', values: '1x60' }],
    alert_rule_test: ALERTS.map(({ name }) => ({ eval_time: '29m', alertname: name, exp_alerts: [] })),
  };
}

function expected(name: string): object {
  const alert = ALERTS.find((each) => each.name === name);
  if (alert === undefined) throw new Error(`there is no ${name}`);
  return {
    exp_labels: { severity: alert.severity },
    exp_annotations: {
      summary: capital(alert.title),
      description: `${alert.meaning} ${alert.firstStep}`,
      runbook: alert.runbook,
    },
  };
}

test.run();
