// The plan of a Redis Cluster with IAM authentication.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { namedThings } from '../../../scripts/deploy/named-things.ts';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { permissionsOf, removalPermissions, roleFor } from '../../../scripts/gcloud/permission-roles.ts';
import type { Reading, Step, Task } from '../../../scripts/gcloud/step.ts';

const planOf = (env: Record<string, string> = {}) =>
  plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env }), {});
const commandsOf = (steps: readonly Step[]) =>
  steps.flatMap(({ tasks }) => tasks.map(({ change }) => change.argv));
const said = (value: unknown): Reading => ({ found: true, text: JSON.stringify(value) });

function taskOf(title: string, env: Record<string, string>): Task {
  const task = planOf(env)
    .steps.flatMap(({ tasks }) => tasks)
    .find((each) => each.title === title);
  if (task === undefined) throw new Error(`no task ${title}`);
  return task;
}

const CLUSTER = { REDIS_KIND: 'cluster' };

test('REDIS_KIND=cluster makes a policy and a cluster, and no instance and no password', () => {
  const { steps, lookups } = planOf({
    ...CLUSTER,
    REDIS_SHARDS: '5',
    REDIS_NODE_TYPE: 'redis-highmem-medium',
  });
  const text = JSON.stringify(commandsOf(steps));
  assert.not.match(text, '"redis","instances"');
  assert.not.match(text, 'aa-integration-redis-auth');
  for (const flag of ['--auth-mode=iam-auth', '--shard-count=5', '--node-type=redis-highmem-medium'])
    assert.match(text, flag);
  assert.match(text, '--transit-encryption-mode=server-authentication');
  assert.match(text, 'networkconnectivity.googleapis.com');
  assert.is(text.match(/REDIS_CLUSTER=true~~REDIS_AUTH_MODE=iam/g)?.length, 5);
  assert.ok(lookups.REDIS_HOST?.argv.includes('--format=value(discoveryEndpoints[0].address)'));
  assert.not.match(JSON.stringify(commandsOf(planOf().steps)), 'networkconnectivity');
});

test('every permission that a cluster takes has a role that can be granted', () => {
  for (const permission of permissionsOf(planOf(CLUSTER))) assert.ok(roleFor(permission));
  const undos = planOf(CLUSTER).steps.flatMap(({ tasks }) => tasks.flatMap(({ undo }) => undo ?? []));
  for (const permission of removalPermissions(undos)) assert.ok(roleFor(permission));
});

test('a policy of the network serves, and one of another network does not', () => {
  const task = taskOf('service connection policy for gcp-memorystore-redis in network default', CLUSTER);
  const policy = (network: string) =>
    said([{ network: `projects/p/global/networks/${network}`, serviceClass: 'gcp-memorystore-redis' }]);
  const fill = (template: string) => template;
  assert.is(task.isDone([policy('default')], fill), true);
  assert.is(task.isDone([policy('other')], fill), false);
  assert.is(task.isDone([said([])], fill), false);
});

test('a cluster that differs is told with what changes it', () => {
  const task = taskOf('Redis Cluster aa-integration-redis', CLUSTER);
  const cluster = {
    ...{ authorizationMode: 'AUTH_MODE_IAM_AUTH', nodeType: 'REDIS_STANDARD_SMALL' },
    transitEncryptionMode: 'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION',
    ...{ shardCount: 3, replicaCount: 1 },
    pscConfigs: [{ network: 'projects/p/global/networks/default' }],
  };
  const driftOf = (change: object) => task.drift?.([said({ ...cluster, ...change })]).join('\n') ?? '';
  assert.is(driftOf({}), '');
  assert.match(driftOf({ shardCount: 2 }), 'not the 3 of REDIS_SHARDS');
  assert.match(driftOf({ shardCount: 2 }), 'gcloud redis clusters update aa-integration-redis');
  assert.match(
    driftOf({ authorizationMode: 'AUTH_MODE_DISABLED' }),
    'has no IAM authentication: set REDIS_INSTANCE_ID',
  );
  assert.match(driftOf({ transitEncryptionMode: undefined }), 'has no TLS');
});

test('REDIS_KIND=cluster with a Redis that exists or without TLS is refused', () => {
  assert.throws(
    () => planOf({ ...CLUSTER, REDIS_HOST: '10.1.2.3', REDIS_SECURITY: 'plain' }),
    /REDIS_KIND is cluster, and the deployment makes one: leave REDIS_HOST/,
  );
  assert.throws(
    () => planOf({ ...CLUSTER, REDIS_SECURITY: 'plain' }),
    /with REDIS_KIND=cluster leave it out/,
  );
});

test('a cluster with the name of an instance is refused before anything is made', () => {
  const [thing] = namedThings(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...CLUSTER })).filter(
    ({ variable }) => variable === 'REDIS_KIND',
  );
  assert.match(thing?.read.join(' ') ?? '', 'redis instances describe aa-integration-redis');
  assert.match(thing?.faultOf?.('{}') ?? '', 'aa-integration-redis is an instance');
});

test.run();
