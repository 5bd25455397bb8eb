// Role × action × the authorizer's answer, on every way into the relay.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { AccessFixture } from './access-fixture.ts';
import { ALLOW, BREAK, DENY, json, type Reply, SILENCE } from './authorizer-server.ts';
import { WAYS, type Way } from './ways.ts';

const DONE = 'done';
const DENIED = 'access to the conversation is denied';
const UNKNOWN = 'access cannot be checked right now: try again';
const READ_ONLY = 'a supervisor may only read';
const THEN_DENIED = `done, then ${DENIED}`;

type Role = 'agent' | 'supervisor';
type Answered = 'allow' | 'deny' | 'slow' | 'down' | 'changed';

const EXPECTED: Record<Role, Record<Way['action'], Record<Answered, string>>> = {
  agent: {
    join: { allow: DONE, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: THEN_DENIED },
    read: { allow: DONE, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: THEN_DENIED },
    write: { allow: DONE, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: THEN_DENIED },
  },
  supervisor: {
    join: { allow: DONE, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: THEN_DENIED },
    read: { allow: DONE, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: THEN_DENIED },
    write: { allow: READ_ONLY, deny: DENIED, slow: UNKNOWN, down: UNKNOWN, changed: READ_ONLY },
  },
};

/** Whose word it is what somebody is: by `token` the provider's, by `allow` the authorizer's. */
const ROLES: { who: string; role: Role; token?: Role; allow: Reply }[] = [
  { who: 'an agent', role: 'agent', allow: ALLOW },
  { who: 'a supervisor by the token', role: 'supervisor', token: 'supervisor', allow: ALLOW },
  {
    who: 'a supervisor by the answer',
    role: 'supervisor',
    allow: json({ decision: 'allow', role: 'supervisor' }),
  },
  {
    who: 'an agent by the answer, supervisor by the token',
    role: 'agent',
    token: 'supervisor',
    allow: json({ decision: 'allow', role: 'agent' }),
  },
];

const ANSWERS: Record<Answered, (allow: Reply) => Reply> = {
  allow: (allow) => allow,
  deny: () => DENY,
  slow: () => SILENCE,
  down: () => BREAK,
  changed: (allow) => allow,
};

const patient = new AccessFixture(test);
/** Waits for a moment only, and is asked where there is no answer. */
const impatient = new AccessFixture(test, {}, { authorizerTimeoutMs: 500 });

/** Tries one way, and again after the answer has changed where it is to change. */
async function cell(way: Way, answered: Answered, allow: Reply, role: Role | undefined): Promise<string> {
  const fixture = answered === 'slow' ? impatient : patient;
  const conversation = uniqueConversation();
  const token = fixture.token(`test:${conversation}`, { role });
  fixture.authorizer.replies.set(conversation, ANSWERS[answered](allow));
  const { outcome, lost } = await way.go(fixture, token, conversation);
  let result = outcome;
  if (answered === 'changed' && outcome === DONE) {
    fixture.authorizer.replies.set(conversation, DENY);
    result = `${outcome}, then ${await lost()}`;
  }
  assert.equal(new Set(fixture.authorizer.actions(conversation)), new Set([way.action]));
  if (way.isProxied) {
    const isSent = fixture.upstream.some((line) => line.includes(conversation.split('/').at(-1) ?? ''));
    assert.is(isSent, outcome === DONE, 'what is refused does not reach Dialogflow');
  }
  return result;
}

for (const { who, role, token, allow } of ROLES) {
  for (const answered of Object.keys(ANSWERS) as Answered[]) {
    test(`${who}, authorizer's answer: ${answered}`, async () => {
      const ways = Object.entries(WAYS);
      const cells = ways.map(async ([name, way]) => [
        name,
        await undisturbed(() => cell(way, answered, allow, token)),
      ]);
      const expected = ways.map(([name, { action, denied = DENIED }]) => [
        name,
        EXPECTED[role][action][answered].replace(DENIED, denied),
      ]);
      assert.equal(Object.fromEntries(await Promise.all(cells)), Object.fromEntries(expected));
    });
  }
}

test.run();
