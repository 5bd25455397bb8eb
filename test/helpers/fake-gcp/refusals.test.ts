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

test('a trigger before Eventarc may work for the project', async () => {
  const trigger = `eventarc/v1/${REGION}/triggers?triggerId=t`;
  assert.match(await ask('POST', trigger), /^400 .*Eventarc Service Agent/);
});

test.run();
