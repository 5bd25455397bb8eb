// The stand-in for Cloud Monitoring refuses what Google refuses; asked over HTTP, as the deployment asks.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FakeGcp, startFakeGcp } from './server.ts';
import type { Json } from './state.ts';

const PROJECT = 'projects/demo-proj';
const CHANNEL = `${PROJECT}/notificationChannels/1`;
let fake: FakeGcp;

test.before.each(async () => {
  fake = await startFakeGcp();
  fake.state.resources.set(CHANNEL, { name: CHANNEL });
});
test.after.each(() => fake.close());

async function ask(
  method: string,
  path: string,
  body: object,
): Promise<{ code: number; text: string; body: Json }> {
  const base = fake.env('/nowhere', 'demo-proj').CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING ?? '';
  const response = await fetch(`${base}${path}`, { method, body: JSON.stringify(body) });
  const answer = (await response.json()) as Json;
  return { code: response.status, text: JSON.stringify(answer), body: answer };
}

const CONDITION = {
  query: 'sum(a) > 0',
  duration: '60s',
  evaluationInterval: '60s',
  disableMetricValidation: true,
};
const policy = (change: object = {}, condition: object = {}) => ({
  displayName: 'x',
  combiner: 'OR',
  conditions: [{ displayName: 'c', conditionPrometheusQueryLanguage: { ...CONDITION, ...condition } }],
  notificationChannels: [CHANNEL],
  ...change,
});
const DASHBOARD = {
  displayName: 'x',
  mosaicLayout: {
    columns: 12,
    tiles: [
      {
        width: 6,
        height: 4,
        widget: { xyChart: { dataSets: [{ timeSeriesQuery: { prometheusQuery: 'sum(a)' } }] } },
      },
    ],
  },
};

for (const [what, body, code, words] of [
  ['a whole policy', policy(), 200, ''],
  ['no combiner', policy({ combiner: undefined }), 400, 'combiner'],
  ['no name', policy({ displayName: '' }), 400, 'display_name'],
  ['a name of its own making', policy({ name: `${PROJECT}/alertPolicies/1` }), 400, 'name'],
  ['no condition', policy({ conditions: [] }), 400, 'conditions'],
  ['an unknown severity', policy({ severity: 'PAGE' }), 400, 'severity'],
  ['a label with a capital', policy({ userLabels: { Team: 'x' } }), 400, 'user_labels'],
  ['an incident that closes too soon', policy({ alertStrategy: { autoClose: '60s' } }), 400, 'auto_close'],
  ['a query that is no PromQL', policy({}, { query: 'sum(' }), 400, 'parse error'],
  ['an interval of 45 s', policy({}, { evaluationInterval: '45s' }), 400, 'evaluation_interval'],
  [
    'a metric that nobody has written',
    policy({}, { disableMetricValidation: false }),
    404,
    'Cannot find metric',
  ],
  ['a channel by its id', policy({ notificationChannels: ['1'] }), 400, 'Name must begin with'],
  [
    'a channel that is not there',
    policy({ notificationChannels: [`${PROJECT}/notificationChannels/9`] }),
    404,
    '9',
  ],
] as const) {
  test(`a policy with ${what}: ${code}`, async () => {
    const answer = await ask('POST', `v3/${PROJECT}/alertPolicies`, body);
    assert.is(answer.code, code, answer.text);
    assert.match(answer.text, words);
  });
}

test('a policy that is patched keeps what the mask does not name', async () => {
  const { body } = await ask('POST', `v3/${PROJECT}/alertPolicies`, { ...policy(), enabled: false });
  const path = `v3/${String(body.name)}`;
  const patched = await ask('PATCH', `${path}?updateMask=displayName`, policy({ displayName: 'y' }));
  assert.is(patched.body.enabled, false);
  assert.is(patched.body.displayName, 'y');
  assert.is((await ask('PATCH', `${path}?updateMask=nothing`, policy())).code, 400);
  assert.is((await ask('PATCH', `v3/${PROJECT}/alertPolicies/9?updateMask=enabled`, policy())).code, 404);
});

test('a dashboard is answered by number and etag, and replaced with that etag alone', async () => {
  const { body } = await ask('POST', `v1/${PROJECT}/dashboards`, {
    ...DASHBOARD,
    name: `${PROJECT}/dashboards/own`,
  });
  assert.match(String(body.name), /^projects\/\d+\/dashboards\/own$/);
  const path = `v1/${PROJECT}/dashboards/own`;
  assert.match((await ask('PATCH', path, DASHBOARD)).text, 'non empty etag');
  assert.is((await ask('PATCH', path, { ...DASHBOARD, etag: 'b2xk' })).code, 409);
  assert.is((await ask('PATCH', path, { ...DASHBOARD, etag: body.etag })).code, 200);
  assert.is((await ask('PATCH', path, { ...DASHBOARD, etag: body.etag })).code, 409);
});

for (const [what, change] of [
  ['without a name', { displayName: undefined }],
  ['of 60 columns', { mosaicLayout: { ...DASHBOARD.mosaicLayout, columns: 60 } }],
  ['with a tile beyond its columns', { mosaicLayout: { ...DASHBOARD.mosaicLayout, columns: 4 } }],
  [
    'with an empty tile',
    { mosaicLayout: { columns: 12, tiles: [{ width: 1, height: 1, widget: { title: 'x' } }] } },
  ],
] as const) {
  test(`a dashboard ${what} is refused`, async () => {
    assert.is((await ask('POST', `v1/${PROJECT}/dashboards`, { ...DASHBOARD, ...change })).code, 400);
  });
}

test.run();
