// How agents share a slow authorizer, on a whole relay.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessRefusedError } from '../../../relay/access/access-policy.ts';
import { refusalOf } from '../../../relay/access/refusal.ts';
import { authorizerTurns } from '../../../relay/rate-limits/authorizer-turns.ts';
import { RateLimitedError } from '../../../relay/rate-limits/rate-limited-error.ts';
import { LINES_OF_ONE_MAX } from '../../../relay/refusals/refusals.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { AuthorizerServer, json, SILENCE } from '../access/authorizer-server.ts';
import '../../helpers/patient-redis.ts';

/** Connections to the authorizer, and how long an answer and a wait for one may take, in milliseconds. */
const LIMITS = { authorizerConnections: 4, authorizerTimeoutMs: 2_000 };
const SLOW_MS = 100;
/** More than one agent's half of the connections answers in time: 40 in 2 s. */
const CROWD = 150;

const authorizer = new AuthorizerServer();
const fixture = relayFixture(test, async () => {
  await fixture.keep(authorizer).start();
  return { settings: { AUTHORIZER_URL: authorizer.url }, limits: { access: LIMITS } };
});
test.before.each(() => {
  authorizer.reply = (response, asked) =>
    setTimeout(() => json({ decision: 'allow' })(response, asked), SLOW_MS);
});

const storeKey = (token: string, relay = fixture.relay) =>
  fetch(`${relay.url}/conversation-name`, {
    method: 'POST',
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({ conversationIntegrationKey: 'k', conversationName: uniqueConversation() }),
  });

/** Asks about many conversations at once. */
const flood = (relay = fixture.relay) => {
  const token = relay.tokens.issue('test:flood', '').token;
  return Promise.all(Array.from({ length: CROWD }, () => storeKey(token, relay)));
};

test('a crowd of questions about one agent keeps no other agent out', () =>
  undisturbed(async () => {
    const flooding = flood();
    const desktops = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        fixture.nativeDesktop({ token: fixture.token(`test:good-${index}`) }),
      ),
    );
    const answers = await Promise.all(desktops.map((desktop) => desktop.join(uniqueConversation())));
    assert.equal(
      answers.map(({ type }) => type),
      Array(10).fill('joined'),
    );
    const answered = await flooding;
    const statuses = answered.map(({ status }) => status);
    assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join());
    const refused = answered.find(({ status }) => status === 429);
    assert.equal(await refused?.json(), { message: 'Too many requests: wait.' });
    assert.is(refused?.headers.get('retry-after'), '1');
    const lines = fixture.relay.log().match(/"reason":"limit-authorizer".*"sub":"test:flood"/g) ?? [];
    assert.ok(lines.length > 0 && lines.length <= LINES_OF_ONE_MAX, `${lines.length} lines in the log`);
  }));

test('an agent in its own way is refused for now, and is limited on REST', async () => {
  const turns = authorizerTurns({ authorizerConnections: 2, authorizerTimeoutMs: 20 });
  const flooding = { tokenId: 't', subject: 'oidc:flood', issuedAt: 0 };
  void turns(flooding, () => new Promise(() => {}));
  const [late] = await Promise.allSettled([turns(flooding, async () => 'answer')]);
  const error = late?.status === 'rejected' ? late.reason : undefined;
  assert.instance(error, AccessRefusedError);
  assert.ok(error.isTemporary);
  assert.instance(error.cause, RateLimitedError);
  assert.is(refusalOf(error).code, 'unavailable', 'on a socket');
});

test('an agent that floods is not let in by AUTHORIZER_ON_FAILURE=allow', () =>
  undisturbed(async () => {
    authorizer.reply = (response, asked) =>
      setTimeout(() => json({ decision: 'deny' })(response, asked), SLOW_MS);
    const lenient = await fixture.startRelay({
      settings: { AUTHORIZER_URL: authorizer.url, AUTHORIZER_ON_FAILURE: 'allow' },
      limits: { access: LIMITS },
    });
    const statuses = new Set((await flood(lenient)).map(({ status }) => status));
    assert.equal([...statuses].sort(), [403, 429]);
  }));

test('an agent that gets no turn because the authorizer is silent meets an outage', async () => {
  authorizer.reply = SILENCE;
  const lenient = await fixture.startRelay({
    settings: { AUTHORIZER_URL: authorizer.url, AUTHORIZER_ON_FAILURE: 'allow' },
    limits: { access: { ...LIMITS, authorizerTimeoutMs: 500 } },
  });
  const agents = Array.from({ length: 3 * LIMITS.authorizerConnections }, (_, index) => `test:${index}`);
  const answers = await Promise.all(
    agents.map((agent) => storeKey(lenient.tokens.issue(agent, '').token, lenient)),
  );
  assert.equal([...new Set(answers.map(({ status }) => status))], [200]);
});

test('feedback on a suggestion is a separate question, and a supervisor may give none', async () => {
  authorizer.reply = (response, asked) =>
    json({ decision: asked.action === 'feedback' ? 'deny' : 'allow' })(response, asked);
  const patch = async (token: string, resource: string) => {
    const path = `/v2/projects/${TEST_PROJECT}/locations/global/${resource}?updateMask=answerFeedback`;
    const headers = { authorization: token, 'content-type': 'application/json' };
    const response = await fetch(fixture.relay.url + path, { method: 'PATCH', headers, body: '{}' });
    return [response.status, ((await response.json()) as { message?: string }).message];
  };
  assert.equal(await patch(fixture.token('test:agent'), 'answerRecords/a'), [
    403,
    'access to the conversation is denied',
  ]);
  const { agent, conversation, action } = authorizer.last;
  assert.equal([agent.sub, conversation, action], ['test:agent', null, 'feedback']);
  authorizer.reply = json({ decision: 'allow' });
  const supervisor = fixture.token('test:boss', { role: 'supervisor' });
  assert.equal(await patch(supervisor, 'answerRecords/a'), [403, 'a supervisor may only read']);
});

test.run();
