// The whole life of a deployment: made, found unchanged, changed, looked at, taken away; some 350 calls
// of gcloud, a second each on a quiet machine.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import { logMetrics } from '../../../scripts/deploy/steps/log-metrics.ts';
import { diagnose } from '../../../scripts/operate/doctor/diagnose.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { containersOf } from '../../helpers/fake-gcp/containers.ts';
import type { FakeGcp } from '../../helpers/fake-gcp/server.ts';
import { agentOf, asObject } from '../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import {
  deploy,
  PROJECT,
  planFor,
  remains,
  SECRET_KEY,
  SMALLEST,
  teardown,
  toolsFor,
  withProject,
} from './gcloud-deployment.ts';

const BUILDER = `projects/${PROJECT}/serviceAccounts/aa-integration-build@${PROJECT}.iam.gserviceaccount.com`;

/** What Google would grant to its own accounts, had it made them unasked. They outlive a deployment. */
const AGENT_ROLES = ['eventarc', 'pubsub', 'dialogflow'].map((service) => ({
  members: [`serviceAccount:${agentOf(service)}`],
  role: `roles/${service}.serviceAgent`,
}));

withGcloud('a new project gets everything, then nothing, then only a new relay', () =>
  withProject(
    async (fake, root) => {
      const first = await deploy(fake, root);
      assert.equal(fake.astray, []);
      assert.is(first.outcome.state, 'done', JSON.stringify(first.outcome));

      const writes = () =>
        fake.requests.filter(({ method, path }) => method !== 'GET' && !path.endsWith(':getIamPolicy'));
      assertRequests(fake);
      assert.not.ok(
        first.calls.some((call) => call.includes(SECRET_KEY) || call.includes('fake-auth-string')),
      );

      const before = writes().length;
      const second = await deploy(fake, root);
      assert.equal(second.changed, []);
      assert.is(second.outcome.state, 'done');
      assert.is(writes().length, before);

      const third = await deploy(fake, root, {
        digests: { 'dist/relay': 'two' },
        steps: ['relay', 'functions'],
      });
      assert.equal(third.changed, ['service ui-connector']);

      assert.equal(await faultsOf(fake, root), ['relay /ready']);

      const { outcome, theirs } = await teardown(fake, root);
      assert.is(outcome.state, 'done', JSON.stringify(outcome));
      assert.equal(theirs, []);
      assert.equal(remains(fake), []);
      assert.equal(asObject(fake.state.policies.get(`projects/${PROJECT}`)).bindings, AGENT_ROLES);
    },
    { isNew: true },
  ),
);

withGcloud('MONITORING=off removes the sidecar and its file, and nothing else', () =>
  withProject(async (fake, root) => {
    const templateOf = () => asObject(asObject(serviceIn(fake).spec).template);
    const relayOf = () => containersIn(templateOf())[0];
    const given = (monitoring: string, METRICS_PORT = '') => ({
      env: { ...SMALLEST, MONITORING: monitoring, METRICS_PORT },
      steps: ['relay'],
    });
    const first = await deploy(fake, root, given('off', '9090'));
    assert.is(first.outcome.state, 'done', JSON.stringify(first.outcome));
    const before = relayOf();
    assert.equal(namesIn(templateOf()), ['ui-connector-1']);

    assert.equal((await deploy(fake, root, given('on'))).changed, [SERVICE]);
    assert.equal(fake.astray, []);
    const names = ['ui-connector-1', 'collector'];
    assert.equal(namesIn(templateOf()), names);
    assert.equal(withoutDigest(relayOf()), withoutDigest(before), 'the relay itself is as before');
    assert.equal(mountsIn(templateOf()), ['/etc/rungmp: ui-connector-metrics-config/1 as config.yaml']);
    assert.equal((await deploy(fake, root, given('on'))).changed, []);

    const spec = asObject(templateOf().spec);
    spec.containers = containersIn(templateOf()).slice(0, 1);
    asObject(asObject(templateOf().metadata).annotations)['run.googleapis.com/container-dependencies'] = '{}';
    assert.equal((await deploy(fake, root, given('on'))).changed, [SERVICE], 'somebody took it away');
    assert.equal(namesIn(templateOf()), names);

    assert.equal((await deploy(fake, root, given('off', '9090'))).changed, [SERVICE]);
    assert.equal(namesIn(templateOf()), ['ui-connector-1']);
    assert.equal(mountsIn(templateOf()), []);
    assert.equal(asObject(templateOf().spec).volumes ?? [], []);
    assert.equal(withoutDigest(relayOf()), withoutDigest(before));
    assert.equal((await deploy(fake, root, given('off', '9090'))).changed, []);
  }),
);

const SERVICE = 'service ui-connector with Redis at 10.1.2.3';
const serviceIn = (fake: FakeGcp) => asObject(fake.state.resources.get('run:ui-connector'));
const containersIn = (template: object) => containersOf(asObject(asObject(template).spec));
const namesIn = (template: object) => containersIn(template).map(({ name }) => name);

/** A relay's container; each build has an image of its own. */
function withoutDigest(container: object | undefined) {
  const { image, ports, env, ...rest } = asObject(container);
  const variables = Array.isArray(env) ? env.map(asObject) : [];
  return {
    ...rest,
    env: Object.fromEntries(variables.map(({ name, ...value }) => [name, value])),
    image: String(image).replace(/@.*$/, ''),
    port: Array.isArray(ports) ? asObject(ports[0]).containerPort : undefined,
  };
}

/** Files that the sidecar gets, each with the secret's version that it comes from. */
function mountsIn(template: object): string[] {
  const { volumes } = asObject(asObject(template).spec);
  const all = Array.isArray(volumes) ? volumes.map(asObject) : [];
  return containersIn(template)
    .flatMap(({ volumeMounts }) => (Array.isArray(volumeMounts) ? volumeMounts.map(asObject) : []))
    .map(({ name, mountPath }) => {
      const secret = asObject(all.find((volume) => volume.name === name)?.secret);
      const [item] = Array.isArray(secret.items) ? secret.items.map(asObject) : [];
      return `${mountPath}: ${secret.secretName}/${item?.key} as ${item?.path}`;
    });
}

/** What the doctor finds wrong: the relay, which does not run here. */
async function faultsOf(fake: FakeGcp, root: string): Promise<string[]> {
  const whole = planFor({ digests: { 'dist/relay': 'two' } });
  const faults: string[] = [];
  asObject(asObject(fake.state.resources.get('run:ui-connector')).status).url = 'http://127.0.0.1:1';
  const found = diagnose({
    settings: whole.settings,
    plan: whole,
    tools: toolsFor(fake, root),
    withEvents: false,
    patienceMs: 0,
  });
  for await (const { check, state } of found) if (state === 'fault') faults.push(check);
  return faults;
}

function assertRequests(fake: FakeGcp): void {
  const find = (method: string, api: string, part: string) => {
    const found = fake.requests.find(
      (request) =>
        request.method === method && request.api === api && `${request.path}${request.query}`.includes(part),
    );
    assert.ok(found, `${method} ${api} ${part}`);
    return asObject(found?.body);
  };
  const versions = fake.requests.filter(({ path }) => path.endsWith('jwt-secret:addVersion'));
  assert.is(versions.length, 1);
  assert.is(asObject(versions[0]?.body.payload).data, Buffer.from(SECRET_KEY).toString('base64'));

  const redis = find('POST', 'redis', 'instanceId=aa-integration-redis');
  assert.is(redis.tier, 'STANDARD_HA');
  assert.is(redis.authEnabled, true);
  assert.is(redis.transitEncryptionMode, 'SERVER_AUTHENTICATION');
  assert.equal(redis.redisConfigs, { 'maxmemory-policy': 'noeviction' });
  assert.is(redis.redisVersion, 'REDIS_7_2');
  const connector = find('POST', 'vpcaccess', 'connectorId=aa-integration-vpc');
  assert.equal([connector.minInstances, connector.maxInstances], [2, 3]);

  for (const kind of EVENT_KINDS) {
    const body = find('POST', 'cloudfunctions', `functionId=${kind}`);
    const trigger = asObject(body.eventTrigger);
    assert.is(trigger.retryPolicy, 'RETRY_POLICY_RETRY');
    assert.is(trigger.serviceAccountEmail, `cloud-run-pubsub-invoker@${PROJECT}.iam.gserviceaccount.com`);
    const config = asObject(body.serviceConfig);
    assert.is(config.ingressSettings, 'ALLOW_INTERNAL_ONLY');
    assert.is(config.serviceAccountEmail, `cloud-pubsub-interceptor@${PROJECT}.iam.gserviceaccount.com`);
    assert.is(asObject(config.environmentVariables).REDISHOST, '10.0.0.3');
    const build = asObject(body.buildConfig);
    assert.is(build.runtime, 'nodejs24');
    assert.is(build.serviceAccount, BUILDER);
    assert.is(config.allTrafficOnLatestRevision, true);

    const subscription = asObject(
      fake.state.resources.get(`projects/${PROJECT}/subscriptions/eventarc-${kind}-sub`),
    );
    assert.equal(subscription.retryPolicy, { minimumBackoff: '1s', maximumBackoff: '60s' });
    assert.is(asObject(subscription.deadLetterPolicy).maxDeliveryAttempts, 100);
    assert.is(subscription.ackDeadlineSeconds, 60);
    assert.equal(subscription.expirationPolicy, {});
  }

  const service = find('POST', 'run', 'namespaces/demo-proj/services');
  const template = asObject(asObject(service.spec).template);
  const spec = asObject(template.spec);
  assert.equal(namesIn(template), ['ui-connector-1', 'collector']);
  const config = 'projects/demo-proj/secrets/ui-connector-metrics-config';
  const relayAccount = `serviceAccount:ui-connector@${PROJECT}.iam.gserviceaccount.com`;
  assert.ok(fake.state.hasRole(config, 'roles/secretmanager.secretAccessor', relayAccount));
  for (const { name } of logMetrics(readDeploySettings({ GCP_PROJECT_ID: PROJECT })))
    assert.ok(fake.state.resources.has(`projects/${PROJECT}/metrics/${name}`), name);
  assert.is(spec.serviceAccountName, `ui-connector@${PROJECT}.iam.gserviceaccount.com`);
  assert.is(spec.timeoutSeconds, 3600);
  assert.is(spec.containerConcurrency, 1000);
  assert.is(find('POST', 'run', 'builds:submit').serviceAccount, BUILDER);
  const invokers = `projects/${PROJECT}/locations/us-central1/services/ui-connector`;
  assert.ok(fake.state.hasRole(invokers, 'roles/run.invoker', 'allUsers'));
  const annotations = asObject(asObject(template.metadata).annotations);
  assert.is(annotations['run.googleapis.com/sessionAffinity'], 'true');
  assert.is(annotations['run.googleapis.com/cpu-throttling'], 'False');

  const projectRoles = asObject(fake.state.policies.get(`projects/${PROJECT}`)).bindings;
  assert.equal(projectRoles, [
    ...AGENT_ROLES,
    {
      members: [`serviceAccount:ui-connector@${PROJECT}.iam.gserviceaccount.com`],
      role: 'roles/dialogflow.agentAssistClient',
    },
    {
      members: [`serviceAccount:aa-integration-build@${PROJECT}.iam.gserviceaccount.com`],
      role: 'roles/run.builder',
    },
    { members: [relayAccount], role: 'roles/monitoring.metricWriter' },
  ]);
}

test.run();
