// What Google's documentation asks of a deployment, seen in its plan.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { askable, permissionsOf } from '../../../scripts/gcloud/permission-roles.ts';
import type { Reading, Task } from '../../../scripts/gcloud/step.ts';

const planOf = (env: Record<string, string> = {}) =>
  plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env }), {});
const said = (value: unknown): Reading => ({ found: true, text: JSON.stringify(value) });

function tasksOf(key: string, env: Record<string, string> = {}): readonly Task[] {
  return planOf(env).steps.find((step) => step.key === key)?.tasks ?? [];
}
function taskOf(key: string, title: string, env: Record<string, string> = {}): Task {
  const task = tasksOf(key, env).find((each) => each.title === title);
  if (task === undefined) throw new Error(`no task ${title}`);
  return task;
}
const lineOf = ({ change }: Task) => change.argv.join(' ');

test('service agents are made before a role names them, and before all that needs them', () => {
  const lines = tasksOf('accounts').map(lineOf);
  for (const service of ['eventarc', 'pubsub', 'dialogflow']) {
    const made = lines.findIndex((line) =>
      line.includes(`identity create --service=${service}.googleapis.com`),
    );
    const bound = lines.findIndex((line) => line.includes(`gcp-sa-${service}.`));
    assert.ok(made >= 0 && made < bound, service);
    assert.match(lines[bound] ?? '', `--role=roles/${service}.serviceAgent`);
  }
});

test('a service agent that has its role is not made again', () => {
  const task = taskOf('accounts', "Eventarc's service agent");
  const fill = (text: string) => text.replace('{{PROJECT_NUMBER}}', '1');
  const members = ['serviceAccount:service-1@gcp-sa-eventarc.iam.gserviceaccount.com'];
  const policy = (role: string) => [said({ bindings: [{ role, members }] })];
  assert.ok(task.isDone(policy('roles/eventarc.serviceAgent'), fill));
  assert.not.ok(task.isDone(policy('roles/viewer'), fill));
});

test('every build runs as the build account, which may be one that exists', () => {
  const own =
    '--build-service-account=projects/my-project/serviceAccounts/aa-integration-build@my-project.iam.gserviceaccount.com';
  for (const env of [{}, { FUNCTION_NETWORK: 'direct' }] as Record<string, string>[]) {
    const builds = [...tasksOf('relay', env), ...tasksOf('functions', env)]
      .map(lineOf)
      .filter((line) => line.includes('--source='));
    assert.is(builds.length, 5);
    for (const line of builds) assert.match(line, own);
  }
  const given = { BUILD_SERVICE_ACCOUNT: 'builder@my-project.iam.gserviceaccount.com' };
  assert.match(tasksOf('relay', given).map(lineOf).join(), 'serviceAccounts/builder@my-project');
  assert.not.match(tasksOf('accounts', given).map(lineOf).join(), 'create aa-integration-build');
});

test('that everybody may call the relay is looked at after the deployment', () => {
  const binding = taskOf('relay', 'access to ui-connector for everybody');
  const members = ['allUsers'];
  assert.ok(binding.isDone([said({ bindings: [{ role: 'roles/run.invoker', members }] })], String));
  assert.not.ok(binding.isDone([said({})], String));
  assert.match(lineOf(binding), 'add-iam-policy-binding ui-connector --region=us-central1 --member=allUsers');
  const unchecked = taskOf('relay', 'access to ui-connector for everybody', {
    RELAY_INVOCATION: 'no-invoker-iam-check',
  });
  const annotated = (value: string) => [
    said({ metadata: { annotations: { 'run.googleapis.com/invoker-iam-disabled': value } } }),
  ];
  assert.ok(unchecked.isDone(annotated('True'), String));
  assert.not.ok(unchecked.isDone(annotated('False'), String));
  assert.match(lineOf(unchecked), 'services update ui-connector --region=us-central1 --no-invoker-iam-check');
});

test('traffic that was pinned goes to the newest revision, of functions, too', () => {
  const task = taskOf('functions', 'function new-message-event');
  const found = (allTrafficOnLatestRevision: boolean) => [
    said({
      state: 'ACTIVE',
      labels: { 'config-digest': 'd' },
      eventTrigger: { retryPolicy: 'RETRY_POLICY_RETRY' },
      serviceConfig: { allTrafficOnLatestRevision },
    }),
  ];
  assert.ok(task.isDone(found(true), () => 'd'));
  assert.equal(
    task.differences?.(found(false), () => 'd'),
    ['does not send all traffic to its newest revision'],
  );
  assert.match(lineOf(task), '--serve-all-traffic-latest-revision');
  assert.ok(taskOf('functions', 'traffic of new-message-event', { FUNCTION_NETWORK: 'direct' }));
});

test('Redis has a version, a connector at most 3 machines, a dead letter 100 attempts', () => {
  const lines = ['redis', 'connector', 'subscriptions'].flatMap((key) => tasksOf(key).map(lineOf)).join('\n');
  for (const flag of [
    '--redis-version=redis_7_2',
    '--min-instances=2 --max-instances=3',
    '--max-delivery-attempts=100',
  ])
    assert.match(lines, flag);
});

test('a name of a connector counts each hyphen twice, and has 20 characters at most', () => {
  assert.throws(() => planOf({ VPC_CONNECTOR_NAME: 'aa-integration-vpc-2' }), /counts 23 characters/);
  assert.ok(planOf({ VPC_CONNECTOR_NAME: 'abcdefghijklmnopqrst' }));
});

test('what an owner has on a bucket alone is not asked of the project', () => {
  const permissions = permissionsOf(planOf());
  for (const permission of ['storage.objects.create', 'storage.buckets.get']) {
    assert.ok(permissions.includes(permission), permission);
    assert.not.ok(askable(permissions).includes(permission), permission);
  }
  assert.not.ok(permissions.includes('cloudfunctions.runtimes.list'));
  for (const permission of [
    'cloudfunctions.functions.sourceCodeSet',
    'cloudbuild.builds.get',
    'storage.buckets.list',
    'artifactregistry.repositories.get',
  ])
    assert.ok(askable(permissions).includes(permission), permission);
});

test.run();
