import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createTokens } from '../../../relay/auth/jwt.ts';
import { signingKey } from '../../../relay/auth/signing-key.ts';
import { checkEvents, type EventCheck } from '../../../scripts/doctor/event-check.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { type LiveRelay, startLiveRelay } from './live-relay.ts';

const KEY = 'ab'.repeat(32);
const CONVERSATION = 'projects/demo-proj/locations/global/conversations/doctor-1';
let relay: LiveRelay;

test.before(async () => {
  relay = await startLiveRelay('demo-proj', KEY);
});
test.after(() => relay.close());

function go(options: Partial<EventCheck> = {}) {
  const key = signingKey(KEY);
  const tokens = createTokens({ projectId: 'demo-proj', lifetimeSeconds: 60, keyRing: () => [key] });
  let id = 0;
  return checkEvents({
    relayUrl: relay.url,
    token: tokens.issue('doctor', 'doctor', { conversations: [CONVERSATION] }),
    conversation: CONVERSATION,
    kinds: EVENT_KINDS,
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
    kinds: [lost, refused],
    publish: async (kind) => {
      if (kind === refused) throw new Error('no such topic');
    },
    patienceMs: 200,
  });
  assert.equal(
    findings.filter(({ state }) => state === 'fault').map(({ check, detail }) => `${check}: ${detail}`),
    [`event ${lost}: did not come within 0.2 s`, `event ${refused}: cannot be published: no such topic`],
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

test.run();
