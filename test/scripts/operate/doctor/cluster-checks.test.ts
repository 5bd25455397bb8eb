import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { checkCluster, checkPolicy } from '../../../../scripts/operate/doctor/cluster-checks.ts';

const settings = readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', REDIS_KIND: 'cluster' });
const CLUSTER = {
  state: 'ACTIVE',
  authorizationMode: 'AUTH_MODE_IAM_AUTH',
  transitEncryptionMode: 'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION',
  pscConfigs: [{ network: 'projects/demo-proj/global/networks/default' }],
};

for (const [change, text] of [
  [{}, 'is active in network default, with IAM authentication and TLS'],
  [{ state: 'CREATING' }, 'is CREATING, not ACTIVE'],
  [{ authorizationMode: 'AUTH_MODE_DISABLED' }, 'has no IAM authentication'],
  [{ transitEncryptionMode: 'TRANSIT_ENCRYPTION_MODE_DISABLED' }, 'has no TLS'],
  [{ pscConfigs: [{ network: 'projects/p/global/networks/other' }] }, 'is in network other'],
] as const) {
  test(`a cluster ${JSON.stringify(change)} ${text}`.slice(0, 80), () => {
    assert.match(JSON.stringify(checkCluster({ ...CLUSTER, ...change }, settings)), text);
  });
}

test('a network without a policy for Memorystore is told', () => {
  const policy = { network: CLUSTER.pscConfigs[0]?.network, serviceClass: 'gcp-memorystore-redis' };
  assert.match(JSON.stringify(checkPolicy([policy], settings)), 'network default has one');
  const other = { ...policy, serviceClass: 'google-cloud-sql' };
  assert.match(JSON.stringify(checkPolicy([other], settings)), 'network default has none');
});

test.run();
