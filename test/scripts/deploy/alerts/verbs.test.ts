// The alert policies and the dashboard of a deployment, on the stand-in for Google's APIs.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMonitoringApi } from '../../../../scripts/deploy/alerts/monitoring-api.ts';
import { type Asked, type Shown, VERBS } from '../../../../scripts/deploy/alerts/verbs.ts';
import { freePort } from '../../../../scripts/local/free-port.ts';
import { ALERTS } from '../../../../scripts/monitoring/alerts.ts';
import { type FakeGcp, startFakeGcp, TOKEN } from '../../../helpers/fake-gcp/server.ts';
import { asObject, type Json } from '../../../helpers/fake-gcp/state.ts';
import { PROJECT } from '../gcloud-deployment.ts';

const MAIL = `projects/${PROJECT}/notificationChannels/11`;
const PAGER = `projects/${PROJECT}/notificationChannels/22`;
const FOREIGN = `projects/${PROJECT}/alertPolicies/7`;
const NOTHING: Shown = { present: [], differences: [], disabled: [], isHidden: false };

let fake: FakeGcp;
test.before.each(async () => {
  fake = await startFakeGcp();
  for (const name of [MAIL, PAGER]) fake.state.resources.set(name, { name, type: 'email' });
  fake.state.resources.set(FOREIGN, { name: FOREIGN, displayName: 'of somebody else', enabled: true });
});
test.after.each(() => fake.close());

const asked = (
  channels: readonly string[],
  change: { region?: string; subscription?: string } = {},
): Asked => {
  const { region = 'us-central1', subscription = 'eventarc-us-central1-new-message-event-sub' } = change;
  return {
    api: createMonitoringApi(TOKEN, fake.env('/nowhere', PROJECT).CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING),
    owner: { projectId: PROJECT, region, relayName: 'ui-connector' },
    names: {
      region,
      relayName: 'ui-connector',
      functionNames: ['new-message-event'],
      functionSuffix: '',
      subscriptions: [subscription],
      deadLetterSubscription: 'aa-dead-letter-sub',
    },
    channels,
  };
};
const run = async (verb: string, given: Asked): Promise<string> => (await VERBS[verb]?.(given)) ?? '';
const show = async (given: Asked): Promise<Shown> => JSON.parse(await run('show', given));
const policies = (): Json[] =>
  [...fake.state.resources.values()].filter(({ userLabels }) => userLabels !== undefined);
const dashboards = () => [...fake.state.resources.keys()].filter((name) => name.includes('/dashboards/'));
const writes = () => fake.requests.filter(({ method }) => method !== 'GET').length;
const asGoogle = ({ conditions }: Json = {}) => {
  const [condition] = Array.isArray(conditions) ? conditions : [];
  return asObject(asObject(condition).conditionPrometheusQueryLanguage);
};

test('apply makes a policy for each alert and the dashboard, and a second time nothing', async () => {
  assert.is((await show(asked([MAIL]))).differences.length, ALERTS.length + 1);
  assert.is(await run('apply', asked([MAIL])), `${ALERTS.length} made, 0 updated, 0 removed`);
  assert.equal(fake.astray, []);
  assert.is(policies().length, ALERTS.length);
  assert.equal(dashboards(), [`projects/${PROJECT}/dashboards/ui-connector-us-central1`]);
  const [first] = policies();
  assert.equal(first?.notificationChannels, [MAIL]);
  assert.match(String(asGoogle(first).query), 'namespace="ui-connector"');

  const { present, differences } = await show(asked([MAIL]));
  assert.equal(differences, []);
  assert.is(present.length, ALERTS.length + 1);
  const before = writes();
  assert.is(await run('apply', asked([MAIL])), '0 made, 0 updated, 0 removed');
  assert.is(writes(), before, 'nothing is written twice');
});

test('a policy that somebody has changed is put back, and stays disabled', async () => {
  await run('apply', asked([MAIL]));
  const [first, second] = policies();
  Object.assign(asGoogle(first), { query: 'vector(1)' });
  Object.assign(first ?? {}, { enabled: false });
  Object.assign(second ?? {}, { enabled: false });
  const { differences, disabled } = await show(asked([MAIL]));
  assert.equal(differences, [`have another definition of "${first?.displayName}"`]);
  assert.equal(disabled, [first?.displayName, second?.displayName]);

  assert.is(await run('apply', asked([MAIL])), '0 made, 1 updated, 0 removed');
  const changed = policies().find(({ name }) => name === first?.name);
  assert.match(String(asGoogle(changed).query), 'agent_assist_conversations');
  assert.is(changed?.enabled, false);
  assert.is(policies().length, ALERTS.length);
});

test('other channels and other subscriptions are a change, and another order is none', async () => {
  await run('apply', asked([MAIL, PAGER]));
  assert.equal((await show(asked([PAGER, MAIL]))).differences, []);
  assert.is((await show(asked([PAGER]))).differences.length, ALERTS.length);
  const { differences } = await show(asked([MAIL, PAGER], { subscription: 'eventarc-other-sub' }));
  assert.equal(differences, [
    'have another definition of "ui-connector: events wait in Pub/Sub"',
    'have a dashboard with another definition',
  ]);
  await run('apply', asked([PAGER]));
  for (const { notificationChannels } of policies()) assert.equal(notificationChannels, [PAGER]);
});

test('a policy of an alert that is no more, and a second one of an alert, are removed', async () => {
  await run('apply', asked([MAIL]));
  const [first] = policies();
  for (const [id, alert] of [
    ['1', 'no-such-alert'],
    ['2', 'no-events'],
  ] as const) {
    const name = `projects/${PROJECT}/alertPolicies/${id}`;
    const userLabels = { ...asObject(first?.userLabels), 'agent-assist-alert': alert };
    fake.state.resources.set(name, { ...first, name, userLabels });
  }
  assert.is(await run('apply', asked([MAIL])), '0 made, 0 updated, 2 removed');
  assert.is(policies().length, ALERTS.length);
});

test('the dashboard is replaced in the version that was read, and a foreign one stays', async () => {
  await run('apply', asked([MAIL]));
  const name = dashboards()[0] ?? '';
  fake.state.resources.set(name, { ...fake.state.resources.get(name), displayName: 'Mine' });
  const foreign = `projects/${PROJECT}/dashboards/other`;
  fake.state.resources.set(foreign, { name: foreign, displayName: 'other' });
  assert.equal((await show(asked([MAIL]))).differences, ['have a dashboard with another definition']);
  await run('apply', asked([MAIL]));
  assert.match(String(fake.state.resources.get(name)?.displayName), /^Agent Assist Relay ui-connector/);
  assert.equal(dashboards(), [name, foreign]);
});

for (const [what, verb, channels] of [
  ['delete', 'delete', [MAIL]],
  ['apply without channels', 'apply', []],
] as const) {
  test(`${what} removes what one deployment has, and nothing else`, async () => {
    await run('apply', asked([MAIL]));
    await run('apply', asked([MAIL], { region: 'europe-west1' }));
    assert.is((await show(asked([]))).differences.length, ALERTS.length + 1);
    await run(verb, asked(channels));
    assert.equal(await show(asked([])), NOTHING);
    assert.is(policies().length, ALERTS.length, 'those of another region stay');
    assert.is(dashboards().length, 1);
    assert.ok(fake.state.resources.has(FOREIGN));
    await run(verb, asked(channels));
  });
}

test('a channel that is not there is named with the remedy, and nothing is made', async () => {
  const gone = `projects/${PROJECT}/notificationChannels/99`;
  for (const verb of ['channels', 'apply'])
    await assertRejects(
      () => run(verb, asked([MAIL, gone])),
      new RegExp(
        `^NOT_FOUND: NOTIFICATION_CHANNELS names ${gone}, and .* gcloud beta monitoring channels list`,
      ),
    );
  assert.is(writes(), 0);
  assert.is(await run('channels', asked([MAIL, PAGER])), `${MAIL}\n${PAGER}`);
});

test("a failure has Google's words and its status, and never the token", async () => {
  fake.failNext(/GET \/monitoring\/v3/, 503, `UNAVAILABLE ${TOKEN}`);
  await assertRejects(
    () => run('show', asked([MAIL])),
    /^HTTP 503 UNAVAILABLE … ?: injected: UNAVAILABLE …$/,
  );
  fake.state.apis.delete('monitoring.googleapis.com');
  await assertRejects(
    () => run('show', asked([MAIL])),
    /^HTTP 403 PERMISSION_DENIED: .*has not been used in project/,
  );
  assert.equal(await show(asked([])), NOTHING);
  const closed = {
    ...asked([MAIL]),
    api: createMonitoringApi(TOKEN, `http://127.0.0.1:${await freePort()}/`),
  };
  await assertRejects(
    () => run('show', closed),
    /^UNAVAILABLE: Cloud Monitoring does not answer: .*ECONNREFUSED/,
  );
});

test('an account that may not look gets a hint without channels, else an error', async () => {
  for (const what of [/alertPolicies/, /dashboards/]) {
    const refuse = () => fake.failNext(what, 403, 'PERMISSION_DENIED');
    refuse();
    assert.equal(await show({ ...asked([]), mayBeHidden: true }), { ...NOTHING, isHidden: true });
    for (const given of [asked([]), { ...asked([MAIL]), mayBeHidden: true }]) {
      refuse();
      await assertRejects(() => run('show', given), /^HTTP 403 PERMISSION_DENIED/);
    }
  }
});

async function assertRejects(call: () => Promise<unknown>, expected: RegExp): Promise<void> {
  try {
    await call();
  } catch (error) {
    assert.instance(error, Error);
    assert.match((error as Error).message, expected);
    assert.not.match((error as Error).message, TOKEN);
    return;
  }
  assert.unreachable('it does not fail');
}

test.run();
