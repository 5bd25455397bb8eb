import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signingKey } from '../../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../../relay/identity/tokens.ts';
import { readDeploySettings } from '../../../../scripts/deploy/settings/deploy-settings.ts';
import { TaskError } from '../../../../scripts/gcloud/failure.ts';
import { startLoopbackServer } from '../../../../scripts/local/loopback-server.ts';
import { checkEvents, type EventCheck } from '../../../../scripts/operate/doctor/event-check.ts';
import { EVENT_KINDS } from '../../../../shared/event.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';

const KEY = 'ab'.repeat(32);
const CONVERSATION = 'projects/demo-proj/locations/global/conversations/doctor-1';
let relay: LiveRelay;

test.before(async () => {
  relay = await startLiveRelay('demo-proj', KEY);
});
test.after(() => relay.close());

const settings = (env: Record<string, string> = {}) =>
  readDeploySettings({ GCP_PROJECT_ID: 'demo-proj', ...env });

function go(options: Partial<EventCheck> = {}) {
  const key = signingKey(KEY);
  const tokens = createTokens({ projectId: 'demo-proj', lifetimeSeconds: 60, keyRing: () => [key] });
  let id = 0;
  return checkEvents({
    relayUrl: relay.url,
    token: tokens.issue('doctor', 'doctor', { conversations: [CONVERSATION] }).token,
    conversation: CONVERSATION,
    settings: settings(),
    publish: (kind, json) => relay.take(kind, json, `${Date.now()}${++id}`),
    patienceMs: 5_000,
    ...options,
  });
}

test('an event of every kind comes from its topic to a desktop', async () => {
  const findings = await go();
  assert.equal(
    findings.map(({ check, state }) => [check, state]),
    ['socket', ...EVENT_KINDS.map((kind) => `event ${kind}`)].map((check) => [check, 'ok']),
  );
});

test('an event that gets lost, and a topic that takes none, are found by their kind', async () => {
  const [lost, refused] = EVENT_KINDS;
  const findings = await go({
    settings: settings({
      NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
      CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
    }),
    publish: async (kind) => {
      if (kind === refused) throw new TaskError('forbidden', 'no right');
    },
    patienceMs: 200,
  });
  assert.equal(
    findings.filter(({ state }) => state === 'fault').map(({ check, detail }) => `${check}: ${detail}`),
    [`event ${lost}: did not come within 0.2 s`, `event ${refused}: may not be published: no right`],
  );
  assert.match(
    findings.find(({ check }) => check === `event ${refused}`)?.remedy ?? '',
    'roles/pubsub.publisher',
  );
});

test('a token that the relay does not take is found at the socket', async () => {
  const [finding] = await go({ token: 'nonsense' });
  assert.is(finding?.state, 'fault');
  assert.match(finding?.detail ?? '', 'is refused');
});

test('a conversation that the token does not open is found at the socket', async () => {
  const [finding] = await go({ conversation: `${CONVERSATION}-of-others` });
  assert.is(finding?.state, 'fault');
  assert.match(finding?.detail ?? '', 'cannot join a conversation');
});

test('where access is refused, what is to be done is said by the reason', async () => {
  const authorizer = await startLoopbackServer((_, response) => void response.end('{"decision":"deny"}'));
  const env = { ALLOWED_LOCATIONS: 'global', AUTHORIZER_URL: authorizer.url };
  const strict = await startLiveRelay('demo-proj', KEY, env);
  const remedyAt = async (conversation: string) => {
    const key = signingKey(KEY);
    const tokens = createTokens({ projectId: 'demo-proj', lifetimeSeconds: 60, keyRing: () => [key] });
    const [finding] = await go({
      relayUrl: strict.url,
      conversation,
      token: tokens.issue('doctor', 'doctor', { conversations: [conversation] }).token,
      settings: settings({ ...env, CONVERSATION_PROFILE_LOCATION: 'us-central1' }),
    });
    return finding?.remedy ?? '';
  };
  try {
    assert.match(await remedyAt(CONVERSATION), 'let your authorizer allow');
    assert.match(
      await remedyAt(CONVERSATION.replace('global', 'us-central1')),
      'add us-central1 to ALLOWED_LOCATIONS',
    );
    await authorizer.stop();
    assert.match(await remedyAt(`${CONVERSATION}2`), 'AUTHORIZER_URL');
  } finally {
    await strict.close();
    await authorizer.stop();
  }
});

test.run();
