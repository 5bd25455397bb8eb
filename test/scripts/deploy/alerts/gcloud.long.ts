// The alert policies of a deployment that the real gcloud made: made, changed, disabled, and removed again.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missingThings } from '../../../../scripts/deploy/named-things.ts';
import { createTaskRunner } from '../../../../scripts/gcloud/run-task.ts';
import { ALERTS } from '../../../../scripts/monitoring/alerts.ts';
import { checkPlan } from '../../../../scripts/operate/doctor/plan-check.ts';
import { type FakeGcp, TOKEN } from '../../../helpers/fake-gcp/server.ts';
import { asObject, type Json } from '../../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';
import {
  deploy,
  PROJECT,
  planFor,
  remains,
  SMALLEST,
  teardown,
  toolsFor,
  withProject,
} from '../gcloud-deployment.ts';

const CHANNEL = `projects/${PROJECT}/notificationChannels/12`;
const STEPS = ['functions', 'subscriptions', 'alerts'];
const WITH = { env: { ...SMALLEST, NOTIFICATION_CHANNELS: CHANNEL }, steps: STEPS };
const WITHOUT = { env: SMALLEST, steps: STEPS };
const TITLE = 'alert policies and dashboard of ui-connector';

const policies = ({ state }: FakeGcp): Json[] =>
  [...state.resources.values()].filter(({ name }) => String(name).includes('/alertPolicies/'));
const queryOf = ({ conditions }: Json): string => {
  const [condition] = Array.isArray(conditions) ? conditions : [];
  return String(asObject(asObject(condition).conditionPrometheusQueryLanguage).query);
};

withGcloud('policies are made once, changed back, left disabled, and removed', () =>
  withProject(async (fake, root) => {
    fake.state.resources.set(CHANNEL, { name: CHANNEL });
    const { outcome, changed, calls } = await deploy(fake, root, WITH);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    assert.ok(changed.includes(TITLE));
    assert.not.ok(calls.some((call) => call.includes(TOKEN)));
    assert.is(policies(fake).length, ALERTS.length);
    const waiting = policies(fake).find((policy) => queryOf(policy).includes('oldest_unacked'));
    assert.match(queryOf(waiting ?? {}), /subscription_id=~"eventarc-human-agent-assistant-event[^"|]*-sub"/);

    assert.equal((await deploy(fake, root, WITH)).changed, []);
    const [first] = policies(fake);
    Object.assign(first ?? {}, { enabled: false, displayName: 'renamed' });
    assert.equal((await deploy(fake, root, WITH)).changed, [TITLE]);
    assert.is(policies(fake).find(({ name }) => name === first?.name)?.enabled, false);

    const whole = planFor({ ...WITH, steps: ['alerts'] });
    const found = [];
    for await (const finding of checkPlan(whole, createTaskRunner(whole, toolsFor(fake, root))))
      found.push(finding);
    assert.equal(
      found.map(({ state, detail }) => `${state} ${detail}`),
      [`note ${TITLE} have "ui-connector: no events while calls are live" disabled`],
    );

    assert.equal((await deploy(fake, root, WITHOUT)).changed, [
      'no alert policies, since NOTIFICATION_CHANNELS is not set',
    ]);
    assert.equal(policies(fake), []);
    assert.equal((await deploy(fake, root, WITHOUT)).changed, []);

    assert.equal((await deploy(fake, root, WITH)).changed, [TITLE]);
    const removal = await teardown(fake, root, WITHOUT);
    assert.is(removal.outcome.state, 'done', JSON.stringify(removal.outcome));
    assert.equal(removal.theirs, []);
    assert.is(removal.removed[0], TITLE, 'before the functions that they watch');
    assert.equal(
      remains(fake).filter((name) => name !== CHANNEL),
      [],
    );
    fake.state.apis.delete('monitoring.googleapis.com');
    assert.equal((await teardown(fake, root, WITH)).removed, []);
  }),
);

withGcloud('a channel that is not there is found before anything is made', () =>
  withProject(async (fake, root) => {
    const whole = planFor({ env: { ...SMALLEST, NOTIFICATION_CHANNELS: CHANNEL } });
    const [fault] = await missingThings(whole.settings, toolsFor(fake, root));
    assert.match(
      fault ?? '',
      /^NOTIFICATION_CHANNELS names a channel that is not there: gcloud beta monitoring/,
    );
    const { outcome } = await deploy(fake, root, WITH);
    assert.is(outcome.state, 'failed');
    assert.match('message' in outcome ? outcome.message : '', 'and there is no such channel');
    assert.equal(policies(fake), []);
  }),
);

test.run();
