// The stand-in for Google refuses what Google refuses; asked over HTTP, as gcloud would ask.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FakeGcp, startFakeGcp } from './server.ts';
import { agentOf } from './state.ts';

const PROJECT = 'demo-proj';
const REGION = `projects/${PROJECT}/locations/us-central1`;
const ACCOUNT = `worker@${PROJECT}.iam.gserviceaccount.com`;

let fake: FakeGcp;
let base: string;

test.before.each(async () => {
  fake = await startFakeGcp();
  base = fake.env('/nowhere', PROJECT).CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW ?? '';
});
test.after.each(() => fake.close());

/** What a request comes to: `200`, or the status with Google's words. */
async function ask(method: string, path: string, body: unknown = {}): Promise<string> {
  const response = await fetch(`${base}/${path}`, {
    method,
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  });
  const answer = (await response.json()) as { error?: { message: string } };
  return answer.error === undefined ? String(response.status) : `${response.status} ${answer.error.message}`;
}

const bind = (resource: string, member: string, role = 'roles/x.y') =>
  ask('POST', `${resource}:setIamPolicy`, { policy: { bindings: [{ role, members: [member] }] } });

test('an API that is not enabled', async () => {
  fake.state.apis.delete('pubsub.googleapis.com');
  assert.match(
    await ask('PUT', `pubsub/v1/projects/${PROJECT}/topics/some-topic`),
    /^403 .* has not been used/,
  );
});

test('a region that does not exist', async () => {
  for (const path of [
    `redis/v1/projects/${PROJECT}/locations/us-central9/instances/x`,
    `cloudfunctions/v2/projects/${PROJECT}/locations/global1/functions/x`,
  ])
    assert.match(await ask('GET', path), /^403 Permission denied on 'locations\//);
});

const NAMES: readonly [what: string, wrong: string, right: string, method?: string][] = [
  [
    'topic',
    `pubsub/v1/projects/${PROJECT}/topics/goog-x`,
    `pubsub/v1/projects/${PROJECT}/topics/some-topic`,
    'PUT',
  ],
  [
    'Redis instance',
    `redis/v1/${REGION}/instances?instanceId=Redis`,
    `redis/v1/${REGION}/instances?instanceId=r1`,
  ],
  [
    'connector',
    `vpcaccess/v1/${REGION}/connectors?connectorId=aa-integration-vpc-2`,
    `vpcaccess/v1/${REGION}/connectors?connectorId=aa-integration-vpc`,
  ],
  [
    'secret',
    `secretmanager/v1/projects/${PROJECT}/secrets?secretId=a.b`,
    `secretmanager/v1/projects/${PROJECT}/secrets?secretId=a-b`,
  ],
];

for (const [what, wrong, right, method = 'POST'] of NAMES)
  test(`a wrong name of a ${what}`, async () => {
    assert.match(await ask(method, wrong), /^400 Invalid resource name/);
    assert.is(await ask(method, right), '200');
  });

test('a role for an account that does not exist, is new, or is not yet made by Google', async () => {
  const project = `cloudresourcemanager/v1/projects/${PROJECT}`;
  const member = `serviceAccount:${ACCOUNT}`;
  assert.match(await bind(project, member), /^400 Service account .* does not exist/);
  fake.state.accountDelay = 1;
  await ask('POST', `iam/v1/projects/${PROJECT}/serviceAccounts`, { accountId: 'worker' });
  assert.match(await bind(project, member), /^400 Service account .* does not exist/);
  assert.is(await bind(project, member), '200');
  const agent = `serviceAccount:${agentOf('pubsub.googleapis.com')}`;
  assert.match(await bind(project, agent), /^400 Service account .* does not exist/);
  const make = `serviceusage/v1beta1/projects/${PROJECT}/services/pubsub.googleapis.com:generateServiceIdentity`;
  assert.is(await ask('POST', make), '200');
  assert.is(await bind(project, agent), '200');
});

test('a policy of what does not exist, and allUsers where they are forbidden', async () => {
  const secret = `secretmanager/v1/projects/${PROJECT}/secrets/s`;
  assert.match(await bind(secret, 'allUsers'), /^404/);
  fake.state.resources.set(`projects/${PROJECT}/secrets/s`, {});
  assert.is(await bind(secret, 'allUsers'), '200');
  fake.state.policies.clear();
  fake.state.forbidsAllUsers = true;
  assert.match(await bind(secret, 'allUsers'), /^400 One or more users named in the policy/);
});

test('limits of subscriptions, connectors and instances of Redis', async () => {
  fake.state.resources.set(`projects/${PROJECT}/topics/t-1`, {});
  const subscription = `pubsub/v1/projects/${PROJECT}/subscriptions/some-sub`;
  const topic = `projects/${PROJECT}/topics/t-1`;
  const attempts = (maxDeliveryAttempts: number) => ({ topic, deadLetterPolicy: { maxDeliveryAttempts } });
  assert.match(await ask('PUT', subscription, attempts(101)), /^400/);
  assert.match(await ask('PUT', subscription, { topic: 'projects/p/topics/other' }), /^404/);
  assert.is(await ask('PUT', subscription, attempts(100)), '200');
  const connector = `vpcaccess/v1/${REGION}/connectors?connectorId=c1`;
  assert.match(await ask('POST', connector, { minInstances: 2, maxInstances: 2 }), /^400/);
  const redis = `redis/v1/${REGION}/instances?instanceId=r1`;
  assert.match(await ask('POST', redis, { redisVersion: 'REDIS_8_0' }), /^400/);
});

test('containers without exactly one port, of too little CPU, or with an unknown mount', async () => {
  const relay = { name: 'r-1', ports: [{ containerPort: 8080 }] };
  const create = (containers: object[], dependencies = '{}') => {
    const annotations = {
      'run.googleapis.com/container-dependencies': dependencies,
      'autoscaling.knative.dev/maxScale': '20',
    };
    const metadata = { annotations };
    const template = { metadata, spec: { containers } };
    const path = `run/apis/serving.knative.dev/v1/namespaces/${PROJECT}/services`;
    return ask('POST', path, { metadata: { name: 'r' }, spec: { template } });
  };
  const cpu = (limit: string) => ({ resources: { limits: { cpu: limit } } });
  assert.match(
    await create([{ name: 'a' }, { name: 'b' }]),
    /^400 .*exactly one container with an exposed port/,
  );
  assert.match(await create([{ ...relay, ...cpu('100m') }]), /^400 .*Total cpu < 1/);
  assert.match(
    await create([
      { ...relay, ...cpu('8') },
      { name: 'c', ...cpu('0.1') },
    ]),
    /^400 Total cpu/,
  );
  assert.match(await create([relay, { name: 'c', volumeMounts: [{ name: 'v' }] }]), /^400 No volume v/);
  assert.match(await create([relay], '{"c":["r-1"]}'), /^400 Dependency on unknown container c/);
  assert.is(await create([relay, { name: 'c', ...cpu('0.1') }], '{"c":["r-1"]}'), '200');
});

test('a log-based metric with a bad name, filter, extractor or another kind is refused', async () => {
  const counter = { name: 'a/b', filter: 'x="y"', metricDescriptor: { valueType: 'INT64' } };
  const create = (change: object) =>
    ask('POST', `logging/v2/projects/${PROJECT}/metrics`, { ...counter, ...change });
  assert.match(await create({ name: '/a' }), /^400 Metric name/);
  assert.match(await create({ filter: 'x="y' }), /^400 Unparseable filter/);
  assert.match(await create({ valueExtractor: 'EXTRACT(jsonPayload.x)' }), /^400 A value extractor/);
  assert.match(await create({ labelExtractors: { l: 'EXTRACT(jsonPayload.x)' } }), /^400 Labels/);
  const labels = { metricDescriptor: { labels: [{ key: 'l' }] }, labelExtractors: { l: 'jsonPayload.x' } };
  assert.match(await create(labels), /^400 Unparseable extractor/);
  assert.is(await create({}), '200');
  assert.match(await create({}), /^409/);
  const distribution = { metricDescriptor: { valueType: 'DISTRIBUTION' }, valueExtractor: 'EXTRACT(x)' };
  const path = `logging/v2/projects/${PROJECT}/metrics/a%2Fb`;
  assert.match(await ask('PUT', path, { ...counter, ...distribution }), /^400 metric_kind/);
  assert.is(await ask('DELETE', path), '200');
});

test('a trigger before Eventarc may work for the project', async () => {
  const trigger = `eventarc/v1/${REGION}/triggers?triggerId=t`;
  assert.match(await ask('POST', trigger), /^400 .*Eventarc Service Agent/);
});

test.run();
