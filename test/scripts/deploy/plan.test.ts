import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan, STEP_KEYS, withOnly } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import type { Reading, Step, Task } from '../../../scripts/gcloud/step.ts';

const planOf = (env: Record<string, string> = {}) =>
  plan(readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env }), {});
const commandsOf = (steps: readonly Step[]) =>
  steps.flatMap(({ tasks }) => tasks.map(({ change }) => change.argv));
const said = (value: unknown): Reading => ({ found: true, text: JSON.stringify(value) });

function taskOf(title: string, env: Record<string, string> = {}): Task {
  const task = planOf(env)
    .steps.flatMap(({ tasks }) => tasks)
    .find((each) => each.title === title);
  if (task === undefined) throw new Error(`no task ${title}`);
  return task;
}

for (const [typed, answer] of [
  ['relays', 'there is no step "relays": use one of apis, '],
  ['relays', '; did you mean relay?'],
  ['relay,functions', '--only takes one step: use one of apis, '],
  ['relay functions', '--only takes one step: use one of apis, '],
  ['profile', 'these settings do without the step "profile": use one of apis, '],
] as const) {
  test(`--only ${typed} is answered with: ${answer.slice(0, 35)}`, () => {
    assert.throws(
      () => withOnly(planOf({ CONVERSATION_PROFILE_ID: 'none' }), typed),
      ({ message }: Error) => message.includes(answer),
    );
  });
}

test('what a step needs comes before it', () => {
  const seen = new Set<string>();
  for (const { key, needs } of planOf().steps) {
    for (const need of needs) assert.ok(seen.has(need), `${key} needs ${need}`);
    seen.add(key);
  }
});

test('the steps that the help lists are those of a whole deployment, in order', () => {
  assert.equal(
    planOf().steps.map(({ key }) => key),
    [...STEP_KEYS],
  );
});

test('every command, read and lookup names the project, and the account when it is set', () => {
  const { steps, lookups } = planOf({ ADMIN_ACCOUNT: 'me@example.com' });
  const reads = steps.flatMap(({ tasks }) => tasks.flatMap((task) => task.reads));
  for (const argv of [...commandsOf(steps), ...reads, ...Object.values(lookups).map((each) => each.argv)]) {
    assert.ok(
      argv.includes('--project=my-project') && argv.includes('--account=me@example.com'),
      argv.join(' '),
    );
  }
});

test('each function has every flag, with retries, for the wanted topics only', () => {
  const { steps } = planOf({ NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none' });
  const deploys = commandsOf(steps).filter((argv) => argv[1] === 'functions');
  assert.is(deploys.length, 3);
  for (const argv of deploys) {
    for (const flag of ['--retry', '--gen2', '--runtime=nodejs24', '--ingress-settings=internal-only'])
      assert.ok(argv.includes(flag), flag);
    assert.ok(argv.some((each) => each.startsWith('--trigger-service-account=')));
  }
  assert.not.ok(JSON.stringify(steps).includes('aa-new-message-topic'));
});

test('an existing Redis is used as it is: no instance, no secrets', () => {
  const { steps } = planOf({ REDIS_HOST: '10.1.2.3', REDIS_PORT: '6380', REDIS_SECURITY: 'plain' });
  assert.not.ok(steps.some(({ key }) => key.startsWith('redis')));
  const text = JSON.stringify(commandsOf(steps));
  assert.match(text, 'REDISHOST=10.1.2.3~~REDISPORT=6380');
  assert.not.ok(text.includes('aa-integration-redis-auth'));
});

test('with Direct VPC egress: no connector, a trigger for each function', () => {
  const { steps, lookups } = planOf({ FUNCTION_NETWORK: 'direct', VPC_SUBNET: 'desks' });
  assert.not.ok(steps.some(({ key }) => key === 'connector'));
  const commands = commandsOf(steps.filter(({ key }) => key === 'functions')).map((argv) => argv.join(' '));
  const deploys = commands.filter((line) => line.startsWith('gcloud run deploy'));
  assert.is(deploys.length, 4);
  for (const line of deploys) {
    for (const flag of ['--function=', '--base-image=nodejs24', '--subnet=desks', '--ingress=internal '])
      assert.match(line, flag);
    assert.match(line, '--no-allow-unauthenticated');
  }
  const triggers = commands.filter((line) => line.startsWith('gcloud eventarc triggers create'));
  assert.match(triggers[1] ?? '', '--transport-topic=projects/my-project/topics/aa-new-message-topic');
  assert.is(triggers.length, 4);
  assert.match(
    lookups.SUBSCRIPTION_NEW_MESSAGE_EVENT?.argv.join(' ') ?? '',
    'triggers describe new-message-event --location=us-central1',
  );
});

test('a trigger is made again unless its topic and its account are right', () => {
  const task = taskOf('trigger of new-message-event', { FUNCTION_NETWORK: 'direct' });
  const good = {
    transport: { pubsub: { topic: 'projects/my-project/topics/aa-new-message-topic' } },
    serviceAccount: 'cloud-run-pubsub-invoker@my-project.iam.gserviceaccount.com',
  };
  assert.equal(task.differences?.([said(good)], String), []);
  assert.equal(task.differences?.([said({ ...good, transport: {} })], String), [
    'is not on aa-new-message-topic',
  ]);
  assert.is(task.isDone([said({ ...good, serviceAccount: 'other' })], String), false);
  assert.is(task.isDone([{ found: false }], String), false);
});

test('secrets that others made are mounted in the relay, which may read them', () => {
  const named = {
    AUTHORIZER_TOKEN_SECRET: 'webhook-token',
    ADMIN_TOKEN_NAME: 'projects/other-proj/secrets/admin-token',
    AUTH_OPTION: 'Five9',
    FIVE9_TRUST_TOKEN_NAME: 'trust-token',
  };
  const text = JSON.stringify(commandsOf(planOf(named).steps));
  assert.match(text, 'FIVE9_TRUST_TOKEN_NAME=trust-token');
  assert.match(text, 'AUTHORIZER_TOKEN=webhook-token:latest');
  for (const secret of ['webhook-token', 'projects/other-proj/secrets/admin-token', 'trust-token'])
    assert.match(text, `"secrets","add-iam-policy-binding","${secret}"`);
  assert.not.match(text, /"secrets","create","(?:webhook-token|projects)/);
});

test('the admin token is made once, and none makes no admin routes', () => {
  const made = JSON.stringify(commandsOf(planOf({}).steps));
  assert.match(made, '"secrets","create","aa-integration-admin-token"');
  assert.match(made, 'ADMIN_TOKEN_NAME=aa-integration-admin-token');
  const token = taskOf('a token of 256 random bits in aa-integration-admin-token', {});
  assert.is(token.isDone([said('projects/p/secrets/s/versions/1')], String), true);
  for (const without of [{ ADMIN_TOKEN_NAME: 'none' }, { ADMIN_TOKEN_PATH: '/secrets/admin' }]) {
    const { steps } = planOf(without);
    assert.not.ok(steps.some(({ key }) => key === 'admin-token'));
    assert.not.match(JSON.stringify(commandsOf(steps)), 'ADMIN_TOKEN_NAME');
  }
});

test('with service callers the relay is told its address, unless it is set', () => {
  const callers = { SERVICE_CALLERS: 'audiohook@my-project.iam.gserviceaccount.com' };
  const own = 'SERVICE_AUDIENCE=https://ui-connector-{{PROJECT_NUMBER}}.us-central1.run.app';
  const commands = (env: Record<string, string>) => JSON.stringify(commandsOf(planOf(env).steps));
  assert.match(commands(callers), own);
  assert.not.match(commands({}), 'SERVICE_AUDIENCE');
  const named = commands({ ...callers, SERVICE_AUDIENCE: 'https://relay.example.com' });
  assert.match(named, 'SERVICE_AUDIENCE=https://relay.example.com');
  assert.not.match(named, own);
});

test('a Redis Cluster is one that exists, and relay and functions are told', () => {
  const env = { REDIS_CLUSTER: 'true', REDIS_SECURITY: 'plain' };
  const text = JSON.stringify(commandsOf(planOf({ ...env, REDIS_HOST: '10.1.2.3' }).steps));
  assert.is(text.match(/REDIS_CLUSTER=true/g)?.length, 5);
  assert.throws(() => planOf(env), /REDIS_CLUSTER is true: set REDIS_HOST/);
});

test('the profile publishes the wanted kinds, and none leaves it alone', () => {
  const task = taskOf('conversation profile abc', {
    CONVERSATION_PROFILE_ID: 'abc',
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  });
  assert.not.match(task.change.argv.join(' '), 'new-message-event');
  const target = (topic: string) => ({ topic: `projects/my-project/topics/${topic}`, messageFormat: 'JSON' });
  const targets = {
    'human-agent-assistant-event': target('aa-new-suggestion-topic'),
    'conversation-lifecycle-event': target('aa-conversation-event-topic'),
    'new-recognition-result-notification-event': target('aa-intermediate-transcript-topic'),
    'new-message-event': { topic: 'projects/other/topics/t', messageFormat: 'PROTO' },
  };
  assert.is(task.isDone([said({ targets })], String), true);
  const proto = { ...targets['conversation-lifecycle-event'], messageFormat: 'PROTO' };
  assert.equal(
    task.differences?.([said({ targets: { ...targets, 'conversation-lifecycle-event': proto } })], String),
    ['does not publish conversation-lifecycle-event as JSON to aa-conversation-event-topic'],
  );
  assert.not.ok(planOf({ CONVERSATION_PROFILE_ID: 'none' }).steps.some(({ key }) => key === 'profile'));
});

test('where allUsers is forbidden, the check of the invoker is switched off instead', () => {
  const text = JSON.stringify(commandsOf(planOf({ RELAY_INVOCATION: 'no-invoker-iam-check' }).steps));
  assert.match(text, '"--no-invoker-iam-check"');
  assert.not.ok(text.includes('allow-unauthenticated'));
});

test('a function is deployed again if retries, label or state are not right', () => {
  const task = taskOf('function new-message-event');
  const fill = () => 'digest';
  const good = {
    state: 'ACTIVE',
    labels: { 'config-digest': 'digest' },
    eventTrigger: { retryPolicy: 'RETRY_POLICY_RETRY' },
  };
  assert.is(task.isDone([said(good)], fill), true);
  assert.is(task.isDone([said({ ...good, state: 'FAILED' })], fill), false);
  assert.is(task.isDone([said({ ...good, labels: {} })], fill), false);
  assert.is(task.isDone([said({ ...good, eventTrigger: {} })], fill), false);
  assert.is(task.isDone([{ found: false }], fill), false);
});

test('traffic that was pinned to a revision goes to the newest again, tags or not', () => {
  const task = taskOf('traffic of ui-connector');
  const traffic = (...entries: object[]) => task.isDone([said({ spec: { traffic: entries } })], String);
  assert.ok(traffic({ percent: 100, latestRevision: true }));
  assert.ok(traffic({ tag: 'canary', revisionName: 'r-2' }, { percent: 100, latestRevision: true }));
  assert.not.ok(traffic({ percent: 100, revisionName: 'r-1' }));
  assert.not.ok(traffic({ percent: 50, latestRevision: true }, { percent: 50, revisionName: 'r-1' }));
});

test('a secret with any version, enabled or not, gets no other', () => {
  const task = taskOf('a key of 256 random bits in aa-integration-jwt-secret');
  assert.not.ok(task.reads.flat().some((argument) => argument.includes('ENABLED')));
  assert.is(task.isDone([{ found: true, text: 'projects/1/secrets/s/versions/1\n' }], String), true);
  assert.is(task.isDone([{ found: true, text: '' }], String), false);
  assert.equal(task.change.input, { from: 'random', bytes: 32 });
});

test('the AUTH string is copied again when Memorystore has another', () => {
  const task = taskOf('the current value in aa-integration-redis-auth');
  const reading = (text: string): Reading => ({ found: true, text });
  assert.is(task.isDone([reading('one\n'), reading('one')], String), true);
  assert.is(task.isDone([reading('two\n'), reading('one')], String), false);
  assert.is(task.isDone([reading('one'), { found: false }], String), false);
});

test('a role counts as granted only to that member and without a condition', () => {
  const task = taskOf('Dialogflow for the relay');
  const bound = {
    role: 'roles/dialogflow.agentAssistClient',
    members: ['serviceAccount:ui-connector@my-project.iam.gserviceaccount.com'],
  };
  assert.is(task.isDone([said({ bindings: [bound] })], String), true);
  assert.is(task.isDone([said({ bindings: [{ ...bound, members: [] }] })], String), false);
  assert.is(
    task.isDone([said({ bindings: [{ ...bound, condition: { title: 'until June' } }] })], String),
    false,
  );
  assert.is(task.isDone([said({})], String), false);
});

test.run();
