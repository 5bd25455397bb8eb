// The step of the alert policies in the plan of a deployment, and the setting that says whom they tell.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import type { Reading, Step, Task } from '../../../../scripts/gcloud/step.ts';
import { ConfigError } from '../../../../shared/errors.ts';

const CHANNEL = 'projects/my-project/notificationChannels/12';
const settingsOf = (channels: string) =>
  readDeploySettings({ GCP_PROJECT_ID: 'my-project', NOTIFICATION_CHANNELS: channels });

function stepFor(channels: string): { step: Step; task: Task } {
  const step = plan(settingsOf(channels), {}).steps.find(({ key }) => key === 'alerts');
  const [task] = step?.tasks ?? [];
  if (step === undefined || task === undefined) throw new Error('there is no step');
  return { step, task };
}
const said = (shown: object): Reading => ({
  found: true,
  text: JSON.stringify({ present: [], differences: [], disabled: [], ...shown }),
});

test('channels may be several, with spaces, and each counts once', () => {
  const { notificationChannels } = settingsOf(
    ` ${CHANNEL}, projects/123/notificationChannels/13 ,${CHANNEL},`,
  );
  assert.equal(notificationChannels, [CHANNEL, 'projects/123/notificationChannels/13']);
  assert.equal(settingsOf('').notificationChannels, []);
});

for (const [given, fault] of [
  ['12', /is not valid: the id alone is not enough; set it to projects\/PROJECT\/notificationChannels\/ID/],
  ['ann@example.com', /an address is no channel: .*gcloud beta monitoring channels list/],
  [`${CHANNEL},projects/my-project/alertPolicies/3`, /it is not the name of a notification channel/],
  [
    'projects/other-project/notificationChannels/12',
    /of project other-project: set it to channels of my-project/,
  ],
] as const) {
  test(`NOTIFICATION_CHANNELS=${given.slice(0, 40)} is refused`, () => {
    assert.throws(
      () => settingsOf(given),
      (error: unknown) => error instanceof ConfigError && fault.test(error.message),
    );
  });
}

test('with channels, the policies are made after the subscriptions that they watch', () => {
  const { step, task } = stepFor(CHANNEL);
  assert.equal(step.needs, ['subscriptions']);
  assert.ok(step.permissions.includes('monitoring.alertPolicies.create'));
  const line = task.change.argv.join(' ');
  assert.match(line, `apply --region=us-central1 --service=ui-connector --channel=${CHANNEL}`);
  assert.match(line, '--subscription={{SUBSCRIPTION_NEW_MESSAGE_EVENT}}');
  assert.is(task.onlyMends, undefined);
  assert.is(task.isNew?.([said({ differences: ['lack the dashboard'] })]), true);
  assert.is(task.isNew?.([said({ present: ['x'], differences: ['lack the dashboard'] })]), false);
});

test('without channels, the step only removes what an earlier deployment made', () => {
  const { step, task } = stepFor('');
  assert.equal(step.needs, []);
  assert.equal(step.permissions, [], 'an account that has nothing to do with alerts deploys, too');
  assert.not.match(task.change.argv.join(' '), /--channel|--subscription/);
  assert.is(task.onlyMends, true);
  assert.is(task.isDone([said({})], String), true);
  assert.is(task.isDone([said({ present: ['x'], differences: ['have "x" too many'] })], String), false);
});

test('what differs is told, and so is what somebody has disabled', () => {
  const { task } = stepFor(CHANNEL);
  const shown = said({ present: ['x'], differences: ['lack the dashboard'], disabled: ['resets'] });
  assert.equal(task.differences?.([shown], String), ['lack the dashboard']);
  assert.equal(task.drift?.([shown]), ['have "resets" disabled']);
  assert.equal(stepFor('').task.drift?.([shown]), []);
});

test('an account that may not look deploys with a warning; teardown needs the right', () => {
  const { task } = stepFor('');
  const hidden = said({ isHidden: true });
  assert.is(task.isDone([hidden], String), true);
  assert.match(task.drift?.([hidden])?.join() ?? '', /would stay.* lacks monitoring\.alertPolicies\.list/);
  assert.match(task.reads.flat().join(' '), '--if-permitted');
  assert.not.match(task.undo?.reads.flat().join(' ') ?? '', '--if-permitted');
  assert.ok(task.undo?.permissions.includes('monitoring.alertPolicies.list'));
});

test('a teardown removes them whatever the setting says', () => {
  for (const channels of [CHANNEL, '']) {
    const { undo } = stepFor(channels).task;
    assert.is(undo?.owner([said({ present: ['x'] })], String), 'ours');
    assert.is(undo?.owner([said({})], String), 'gone');
    assert.is(undo?.owner([{ found: false }], String), 'gone');
    assert.not.match(undo?.reads.flat().join(' ') ?? '', '{{');
  }
});

test.run();
