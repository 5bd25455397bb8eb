// Every expression of the alerts and the dashboard asks for metrics and labels that exist.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALERTS } from '../../../scripts/monitoring/alerts.ts';
import { sections } from '../../../scripts/monitoring/panels.ts';
import { anyDeployment, oneDeployment, type Sources } from '../../../scripts/monitoring/sources.ts';
import { groupedBy, promqlFault, selectorsIn } from '../../helpers/promql.ts';
import { RedisFixture } from '../../helpers/redis-fixture.ts';
import { googleMetrics, type KnownMetrics, relayMetrics } from './known-metrics.ts';

const fixture = new RedisFixture(test);

const ONE = oneDeployment({
  region: 'us-central1',
  relayName: 'ui-connector',
  functionNames: ['new-message-event-pr7'],
  functionSuffix: 'pr7',
  subscriptions: ['eventarc-us-central1-new-message-event-123456-sub-789'],
  deadLetterSubscription: 'aa-dead-letter-sub',
});
const ALL: readonly (readonly [name: string, from: Sources])[] = [
  ['a Prometheus', anyDeployment],
  ['Cloud Monitoring', ONE],
];

const panelsOf = (from: Sources) => sections(from).flatMap(({ panels }) => panels);
const expressionsOf = (from: Sources) => [
  ...ALERTS.map(({ name, expr }): [string, string] => [name, expr(from)]),
  ...panelsOf(from).flatMap(({ title, queries }) =>
    queries.map(({ expr }): [string, string] => [title, expr]),
  ),
];

let served = '';
let known: KnownMetrics = new Map();
const prepare = async () => {
  if (known.size > 0) return;
  const relay = await relayMetrics(fixture);
  served = relay.served;
  known = new Map([...relay.known, ...googleMetrics('pr7')]);
};

for (const [where, from] of ALL) {
  test(`each expression for ${where} is of metrics and labels that exist`, async () => {
    await prepare();
    for (const [name, expr] of expressionsOf(from)) {
      const labels = new Set(['le']);
      for (const { metric, matchers } of selectorsIn(expr)) {
        const own = known.get(metric);
        assert.ok(own !== undefined, `${name}: there is no ${metric}`);
        for (const { label } of matchers) assert.ok(own?.has(label), `${name}: ${metric} has no ${label}`);
        for (const label of own ?? []) labels.add(label);
      }
      for (const label of groupedBy(expr)) assert.ok(labels.has(label), `${name}: nothing has ${label}`);
    }
  });
}

test('a metric, a label and a syntax that do not exist are found', () => {
  assert.equal(selectorsIn('sum(agent_assist_none{reason="a\\"b",code!~"x"})'), [
    {
      metric: 'agent_assist_none',
      matchers: [
        { label: 'reason', operator: '=', value: 'a"b' },
        { label: 'code', operator: '!~', value: 'x' },
      ],
    },
  ]);
  assert.equal(groupedBy('sum by (kind, le) (rate(a[5m]))'), ['kind', 'le']);
  for (const wrong of ['', 'sum(', 'a{b=}', 'a[5x]', 'sum by kind a'])
    assert.ok(promqlFault(wrong) !== undefined, wrong);
});

test('every metric of the relay is on the dashboard', async () => {
  await prepare();
  const shown = new Set(
    panelsOf(anyDeployment).flatMap(({ queries }) =>
      queries.flatMap(({ expr }) =>
        selectorsIn(expr).map(({ metric }) => metric.replace(/_(?:bucket|count|sum)$/, '')),
      ),
    ),
  );
  const own = [...served.matchAll(/^# TYPE (agent_assist_\w+) /gm)].map(([, name = '']) => name);
  assert.ok(own.length > 15);
  assert.equal(
    own.filter((name) => !shown.has(name)),
    [],
  );
});

test('what an alert counts is served as 0 before it happens first', async () => {
  await prepare();
  const counted = ALERTS.flatMap(({ name, expr }) =>
    selectorsIn(expr(anyDeployment)).map((selector) => ({ name, ...selector })),
  ).filter(({ metric }) => /^agent_assist_.*_total$/.test(metric));
  assert.ok(counted.length >= 8);
  for (const { name, metric, matchers } of counted) {
    const series = served
      .split('\n')
      .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `));
    const wanted = matchers.filter(({ operator }) => operator === '=');
    const isThere = series.some((line) =>
      wanted.every(({ label, value }) => line.includes(`${label}="${value}"`)),
    );
    assert.ok(isThere, `${name}: ${metric}{${wanted.map(({ value }) => value)}}`);
  }
});

test('no expression divides, and none tells relays apart', () => {
  for (const [name, expr] of expressionsOf(anyDeployment)) {
    assert.not.match(expr, / \/ /, name);
    assert.not.match(expr, /\binstance\b/, name);
  }
});

test('the limit of a quantile is a boundary of the buckets, so that it is exact', async () => {
  await prepare();
  for (const { name, expr } of ALERTS) {
    const [, metric, limit] =
      /histogram_quantile\(.*?\((\w+_bucket)\[.*?> ([\d.]+)/.exec(expr(anyDeployment)) ?? [];
    if (metric !== undefined) assert.match(served, new RegExp(`^${metric}\\{le="${limit}"\\} `, 'm'), name);
  }
});

test('a deployment sees its own series alone', () => {
  for (const [name, expr] of expressionsOf(ONE))
    for (const { metric, matchers } of selectorsIn(expr)) {
      const values = matchers.map(({ label, value }) => `${label}=${value}`);
      const own = metric.startsWith('pubsub_')
        ? values.filter((each) => /^subscription_id=.*(?:eventarc-us-central1|aa-dead-letter)/.test(each))
        : values.filter((each) =>
            ['namespace=ui-connector', 'service_name=new-message-event-pr7'].includes(each),
          );
      assert.is(own.length, 1, `${name}: ${expr}`);
    }
});

test.run();
