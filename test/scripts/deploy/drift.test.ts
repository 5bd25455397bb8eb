// What differs between the settings and what exists: mended, or told with what mends it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import type { Reading, Task } from '../../../scripts/gcloud/step.ts';

const INSTANCE = {
  state: 'READY',
  tier: 'STANDARD_HA',
  memorySizeGb: 5,
  authEnabled: true,
  authorizedNetwork: 'projects/demo-proj/global/networks/default',
  redisConfigs: { 'maxmemory-policy': 'noeviction' },
  labels: { 'made-by': 'agent-assist-relay' },
};
const CONNECTOR = { state: 'READY', network: 'default', ipCidrRange: '10.8.0.0/28' };

const said = (value: unknown): Reading[] => [{ found: true, text: JSON.stringify(value) }];

function tasksOf(key: string, env: Record<string, string>): readonly Task[] {
  const { steps } = plan(readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', ...env }), {});
  return steps.find((step) => step.key === key)?.tasks ?? [];
}

/** What would be run, and what is only told, of an instance as it is found. */
function drift(found: object, env: Record<string, string> = {}, key = 'redis') {
  const readings = said(found);
  const tasks = tasksOf(key, env).filter(({ title }) => !title.startsWith('note that'));
  return {
    run: tasks.filter((task) => !task.isDone(readings, String)).map(({ change }) => change.argv.join(' ')),
    told: tasks.flatMap((task) => task.drift?.(readings) ?? []).join('\n'),
  };
}

test('an instance as the settings have it is left alone', () => {
  assert.equal(drift(INSTANCE), { run: [], told: '' });
});

test('a larger REDIS_SIZE_GB makes the instance larger, which mends a full Redis', () => {
  assert.equal(drift(INSTANCE, { REDIS_SIZE_GB: '10' }), {
    run: [
      'gcloud redis instances update aa-integration-redis --region=us-central1 --size=10 --project=demo-proj --quiet',
    ],
    told: '',
  });
});

test('an instance of a deployment gets its eviction policy back', () => {
  const { run } = drift({ ...INSTANCE, redisConfigs: {} });
  assert.match(run.join('\n'), '--update-redis-config=maxmemory-policy=noeviction');
});

test('a smaller size, a basic instance and a foreign one are told, and left alone', () => {
  for (const [found, env] of [
    [{ ...INSTANCE, memorySizeGb: 10 }, {}],
    [
      { ...INSTANCE, tier: 'BASIC' },
      { REDIS_SIZE_GB: '10', REDIS_TIER: 'basic' },
    ],
    [{ ...INSTANCE, labels: {} }, { REDIS_SIZE_GB: '10' }],
  ] as const) {
    const { run, told } = drift(found, env);
    assert.equal(run, []);
    assert.match(told, 'of REDIS_SIZE_GB; to change it: gcloud redis instances update aa-integration-redis');
    assert.match(told, '--region=us-central1');
    assert.match(told, '--project=demo-proj');
  }
});

test('tier, password and network of an instance cannot be changed, and are told', () => {
  const other = { REDIS_TIER: 'basic', REDIS_SECURITY: 'plain', VPC_NETWORK: 'other' };
  const { run, told } = drift(INSTANCE, other);
  assert.equal(run, []);
  for (const variable of ['REDIS_TIER', 'REDIS_SECURITY', 'VPC_NETWORK'])
    assert.match(told, new RegExp(`${variable} is .*: set REDIS_INSTANCE_ID to another name`));
});

test('network and range of a connector are told', () => {
  assert.equal(drift(CONNECTOR, {}, 'connector').told, '');
  const { told } = drift(CONNECTOR, { VPC_NETWORK: 'other', REDIS_IP_RANGE: '10.9.0.0/28' }, 'connector');
  assert.match(told, 'has default, and VPC_NETWORK is other: set VPC_CONNECTOR_NAME');
  assert.match(told, 'has 10.8.0.0/28, and REDIS_IP_RANGE is 10.9.0.0/28');
});

test('before there is an instance or a connector, nothing differs', () => {
  for (const key of ['redis', 'connector'])
    for (const task of tasksOf(key, {})) assert.equal(task.drift?.([{ found: false }]) ?? [], []);
});

test.run();
