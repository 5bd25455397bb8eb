// The doctor at a deployment that the real gcloud made on a stand-in for Google's APIs: healthy, then ill in one way at a time.
import { rmSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { diagnose } from '../../../../scripts/operate/doctor/diagnose.ts';
import type { Finding } from '../../../../scripts/operate/doctor/finding.ts';
import { enableApis, revoke } from '../../../helpers/fake-gcp/established.ts';
import { type FakeGcp, startFakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { asObject, type Json } from '../../../helpers/fake-gcp/state.ts';
import { hasGcloud, withGcloud } from '../../../helpers/gcloud.ts';
import { deploy, makeRoot, PROJECT, planFor, SECRET_KEY, toolsFor } from '../../deploy/gcloud-deployment.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';

const KIND = 'human-agent-assistant-event';
const GIVEN = {
  env: {
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
    CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
    NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
  },
  steps: [
    'apis',
    'topics',
    'jwt-secret',
    'redis',
    'redis-secrets',
    'relay',
    'functions',
    'subscriptions',
    'profile',
  ],
};

let fake: FakeGcp;
let relay: LiveRelay;
const root = makeRoot();

test.before(async () => {
  if (!hasGcloud) return;
  fake = await startFakeGcp();
  relay = await startLiveRelay(PROJECT, SECRET_KEY, {
    AUTH_OPTION: 'GenesysCloud',
    GENESYS_CLOUD_ENVIRONMENT: 'mypurecloud.com',
    GENESYS_CLOUD_ANY_ORGANIZATION: 'allow',
    CORS_ALLOWED_ORIGINS: 'https://desk.example',
  });
  fake.state.onPublish = (_, text, id) => void relay.take(KIND, text, id);
  const { outcome } = await deploy(fake, root, GIVEN);
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
  const service = resource('run:ui-connector');
  asObject(service.status).url = relay.url;
});
test.after(async () => {
  await relay?.close();
  await fake?.close();
  rmSync(root, { recursive: true });
});

const resource = (name: string): Json => asObject(fake.state.resources.get(name));

async function findings(steps: readonly string[], origin = 'https://desk.example'): Promise<Finding[]> {
  const whole = planFor({ ...GIVEN, steps });
  const found = diagnose({
    settings: whole.settings,
    plan: whole,
    tools: toolsFor(fake, root),
    origin,
    withEvents: true,
    patienceMs: 10_000,
  });
  const all: Finding[] = [];
  for await (const finding of found) all.push(finding);
  return all;
}
const faults = (all: readonly Finding[]) =>
  all.filter(({ state }) => state === 'fault').map(({ check, detail }) => `${check}: ${detail}`);

withGcloud('a healthy deployment has no fault, and a made-up event comes through', async () => {
  const all = await findings(GIVEN.steps);
  assert.equal(faults(all), []);
  const checks = all.map(({ check }) => check);
  for (const check of [
    ...GIVEN.steps,
    'relay /ready',
    'CORS from anywhere',
    'register',
    'socket',
    `event ${KIND}`,
  ])
    assert.ok(checks.includes(check), check);
  assert.equal(fake.astray, []);
});

const ILLS: readonly { name: string; step?: string; harm(): void; expected: RegExp }[] = [
  {
    name: 'an API that is off',
    step: 'apis',
    harm: () => fake.state.apis.delete('redis.googleapis.com'),
    expected: /^apis: 15 APIs is missing/,
  },
  {
    name: 'a build account without its role',
    step: 'accounts',
    harm: () => revoke(fake.state, PROJECT, 'roles/run.builder'),
    expected: /^accounts: building for the build account is missing/,
  },
  {
    name: 'a relay that not everybody may call',
    step: 'relay',
    harm: () => fake.state.policies.delete(`projects/${PROJECT}/locations/us-central1/services/ui-connector`),
    expected: /^relay: access to ui-connector for everybody is missing/,
  },
  {
    name: 'a topic on which Dialogflow may not publish',
    step: 'topics',
    harm: () => fake.state.policies.delete(`projects/${PROJECT}/topics/aa-new-suggestion-topic`),
    expected: /^topics: Dialogflow on aa-new-suggestion-topic is missing/,
  },
  {
    name: 'a function that failed',
    step: 'functions',
    harm: () => {
      resource(`projects/${PROJECT}/locations/us-central1/functions/${KIND}`).state = 'FAILED';
    },
    expected: /^functions: function human-agent-assistant-event is FAILED/,
  },
  {
    name: 'a subscription that expires, and calls as another',
    step: 'subscriptions',
    harm: () => {
      const subscription = resource(`projects/${PROJECT}/subscriptions/eventarc-${KIND}-sub`);
      delete subscription.expirationPolicy;
      subscription.pushConfig = { oidcToken: { serviceAccountEmail: 'other@example.com' } };
    },
    expected: /expires when it is not used|as other@example\.com/,
  },
  {
    name: 'a profile that publishes PROTO',
    step: 'profile',
    harm: () => {
      const [profile] =
        [...fake.state.resources].find(([name]) => name.includes('conversationProfiles')) ?? [];
      asObject(asObject(resource(profile ?? '').humanAgentAssistantConfig).notificationConfig).messageFormat =
        'PROTO';
    },
    expected:
      /^profile: conversation profile Agent Assist Relay does not publish human-agent-assistant-event as JSON/,
  },
  {
    name: 'a signing key that is disabled',
    harm: () => {
      resource(`projects/${PROJECT}/secrets/aa-integration-jwt-secret/versions/1`).state = 'DISABLED';
    },
    expected: /^secret aa-integration-jwt-secret: its newest version, 1, is DISABLED/,
  },
  {
    name: 'a Redis in another network',
    harm: () => {
      const redis = resource(`projects/${PROJECT}/locations/us-central1/instances/aa-integration-redis`);
      redis.authorizedNetwork = 'projects/p/global/networks/other';
    },
    expected: /^Redis instance aa-integration-redis: is in network other/,
  },
  {
    name: 'an account that may not see the relay',
    harm: () => fake.failNext(/GET .*\/services\/ui-connector$/, 403, 'PERMISSION_DENIED'),
    expected: /^relay: may not be looked at: /,
  },
  {
    name: 'an account that may not read the key',
    harm: () => fake.failNext(/GET .*:access$/, 403, 'PERMISSION_DENIED'),
    expected: /^socket: is not looked at: you may not read secret aa-integration-jwt-secret/,
  },
  {
    name: 'an account that may not publish',
    harm: () => fake.failNext(/POST .*:publish$/, 403, 'PERMISSION_DENIED'),
    expected: /^event human-agent-assistant-event: may not be published: /,
  },
];

for (const { name, step, harm, expected } of ILLS) {
  withGcloud(`${name} is named`, async () => {
    const before = structuredClone([fake.state.resources, fake.state.policies] as const);
    harm();
    const found = faults(await findings(step === undefined ? [] : [step]));
    assert.ok(
      found.some((each) => expected.test(each)),
      found.join('\n'),
    );
    replace(fake.state.resources, before[0]);
    replace(fake.state.policies, before[1]);
    enableApis(fake.state);
  });
}

withGcloud('an origin that may not call is named, and a relay without Redis', async () => {
  assert.match(faults(await findings([], 'https://elsewhere.example')).join(), 'CORS from https://elsewhere');
  await relay.stopRedis();
  assert.match(faults(await findings([])).join(), 'relay /ready: 503');
});

function replace<K, V>(map: Map<K, V>, other: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of other) map.set(key, value);
}

test.run();
