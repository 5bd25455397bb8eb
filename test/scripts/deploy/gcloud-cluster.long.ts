// A Redis Cluster with IAM authentication, with the real gcloud: made, found unchanged, refused, taken away.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asObject } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import {
  deploy,
  PROJECT,
  planFor,
  remains,
  SMALLEST,
  teardown,
  toolsFor,
  withProject,
} from './gcloud-deployment.ts';

const { REDIS_HOST: _, REDIS_SECURITY: __, ...ONE_KIND } = SMALLEST;
const CLUSTER = { ...ONE_KIND, REDIS_KIND: 'cluster' };
const LOCATION = `projects/${PROJECT}/locations/us-central1`;
const NAME = `${LOCATION}/clusters/aa-integration-redis`;
const POLICY = `${LOCATION}/serviceConnectionPolicies/aa-integration-redis`;
const ENV = ['REDISHOST=10.128.0.9', 'REDISPORT=6379', 'REDIS_CLUSTER=true', 'REDIS_AUTH_MODE=iam'];

withGcloud('a cluster is made with policy and roles, found unchanged and removed', () =>
  withProject(async (fake, root) => {
    const given = { env: CLUSTER, steps: ['topics', 'redis', 'redis-secrets', 'relay', 'functions'] };
    const { outcome, calls } = await deploy(fake, root, given);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    const cluster = asObject(fake.state.resources.get(NAME));
    assert.is(cluster.authorizationMode, 'AUTH_MODE_IAM_AUTH');
    assert.is(cluster.transitEncryptionMode, 'TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION');
    assert.equal([cluster.shardCount, cluster.replicaCount], [3, 1]);
    assert.equal(asObject(fake.state.resources.get(POLICY)).pscConfig, {
      subnetworks: [`projects/${PROJECT}/regions/us-central1/subnetworks/default`],
    });
    for (const account of ['ui-connector', 'cloud-pubsub-interceptor']) {
      const member = `serviceAccount:${account}@${PROJECT}.iam.gserviceaccount.com`;
      assert.ok(fake.state.hasRole(`projects/${PROJECT}`, 'roles/redis.dbConnectionUser', member));
    }
    const version = fake.state.resources.get(
      `projects/${PROJECT}/secrets/aa-integration-redis-ca/versions/1`,
    );
    const authority = Buffer.from(String(asObject(version?.payload).data), 'base64').toString();
    assert.match(authority, /^-----BEGIN CERTIFICATE-----\nMIIBcluster\n-----END CERTIFICATE-----\s*$/);
    const deployed = calls.filter((call) => /gcloud (?:run|functions) deploy/.test(call));
    assert.ok(deployed.length >= 2, String(deployed.length));
    for (const call of deployed) {
      for (const each of ENV) assert.match(call, each);
      assert.match(call, 'REDIS_TLS_CA=aa-integration-redis-ca:1');
      assert.not.match(call, 'REDIS_AUTH=');
    }

    assert.equal((await deploy(fake, root, given)).changed, []);

    const { outcome: removal } = await teardown(fake, root, given);
    assert.is(removal.state, 'done', JSON.stringify(removal));
    assert.equal(remains(fake), []);
  }),
);

withGcloud('a policy of somebody else serves, and a teardown leaves it', () =>
  withProject(async (fake, root) => {
    const theirs = `${LOCATION}/serviceConnectionPolicies/theirs`;
    fake.state.resources.set(theirs, {
      name: theirs,
      network: `projects/${PROJECT}/global/networks/default`,
      serviceClass: 'gcp-memorystore-redis',
    });
    const given = { env: CLUSTER, steps: ['topics', 'redis'] };
    const { outcome } = await deploy(fake, root, given);
    assert.is(outcome.state, 'done', JSON.stringify(outcome));
    assert.not.ok(fake.state.resources.has(POLICY));
    await teardown(fake, root, given);
    assert.equal(remains(fake), [theirs]);
  }),
);

withGcloud('Google refuses a cluster without a policy, and one of a wrong name', () =>
  withProject(async (fake, root) => {
    const { settings } = planFor({ env: CLUSTER });
    const { exec, signal } = toolsFor(fake, root);
    const create = (name: string) =>
      exec(
        [
          ...['gcloud', 'redis', 'clusters', 'create', name, `--region=${settings.region}`, '--quiet'],
          ...['--shard-count=3', '--node-type=redis-standard-small'],
          `--network=projects/${PROJECT}/global/networks/default`,
        ],
        { signal },
      );
    assert.match((await create('cluster')).stderr, 'No connection policy is defined');
    assert.match((await create('Cluster_1')).stderr, 'Invalid resource name given');
  }),
);

test.run();
