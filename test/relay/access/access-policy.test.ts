import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AccessPolicy,
  type AccessPolicyDeps,
  AccessRefusedError,
  type Resource,
} from '../../../relay/access/access-policy.ts';
import {
  type Action,
  type Answer,
  AuthorizerUnavailable,
  type Question,
} from '../../../relay/access/authorizer-webhook.ts';
import type { Rights } from '../../../relay/identity/rights.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { ConversationNameError } from '../../../shared/errors.ts';
import { createLogger } from '../../../shared/log.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';

const PROJECT = { id: 'my-project', number: '42' };
const C: ShortName = 'projects/my-project/conversations/c';
const DENIED = 'access to the conversation is denied';
const AWAY = 'access cannot be checked right now: try again';

function access(deps: Partial<AccessPolicyDeps> = {}): AccessPolicy {
  return new AccessPolicy({
    project: PROJECT,
    allowedLocations: undefined,
    authorizer: undefined,
    onFailure: 'deny',
    logger: quietLogger,
    ...deps,
  });
}

/** An authorizer that answers so, and what it is asked. */
function authorizer(answer: Answer | undefined, asked: Question[] = [], { isOutage = true } = {}) {
  return {
    freshUntil: () => 99,
    get: async (question: Question) => {
      asked.push(question);
      if (answer === undefined) throw new AuthorizerUnavailable('away', { isOutage });
      return { answer, until: 7 };
    },
  };
}

const agent = (rights: Rights = {}) => ({
  tokenId: 't',
  subject: 'oidc:issuer:user',
  issuedAt: 0,
  ...rights,
});

/** `done`, or why not. */
async function tryIt(
  judge: AccessPolicy,
  rights: Rights,
  action: Action,
  resource: Resource,
): Promise<string> {
  return judge.require(agent(rights), action, resource).then(
    () => 'done',
    (error: unknown) => {
      assert.instance(error, AccessRefusedError);
      return (error as Error).message;
    },
  );
}

test('without an authorizer and a list, an agent may do anything while its token lasts', async () => {
  for (const target of [C, 'none', 'any', 'unclear'] as const) {
    for (const action of ['join', 'read', 'write'] as const) {
      assert.equal(await access().require(agent(), action, target), { until: undefined });
    }
  }
});

test('a join asks Redis what is revoked; a request goes by what this relay has seen', async () => {
  const asked: unknown[] = [];
  const judge = access({
    revocations: {
      isRevoked: async (_holder, conversation) => asked.push(conversation) > 0,
      knows: () => false,
    },
  });
  assert.is(await tryIt(judge, {}, 'join', C), 'access was revoked');
  assert.is(await tryIt(judge, {}, 'read', C), 'done');
  assert.is(await tryIt(judge, {}, 'write', 'none'), 'done');
  assert.equal(asked, [C]);
});

test("a revoked conversation outside of the token's list is denied like any other", async () => {
  const judge = access({ revocations: { isRevoked: async () => true, knows: () => true } });
  const listed = { conversations: [C] };
  for (const action of ['join', 'read', 'write'] as const) {
    assert.is(await tryIt(judge, listed, action, C), 'access was revoked');
    assert.is(await tryIt(judge, listed, action, `${C}c`), DENIED);
  }
});

test('feedback is for agents, with a list too, and not for supervisors', async () => {
  assert.is(await tryIt(access(), { conversations: [C] }, 'feedback', 'none'), 'done');
  assert.is(await tryIt(access(), { role: 'supervisor' }, 'feedback', 'none'), 'a supervisor may only read');
});

test('the list of conversations is for supervisors without a list in their token', async () => {
  const ONLY_SUPERVISORS = 'only a supervisor may list conversations';
  const supervisor = { role: 'supervisor' } as const;
  assert.is(await tryIt(access(), supervisor, 'list', 'any'), 'done');
  assert.is(await tryIt(access(), {}, 'list', 'any'), ONLY_SUPERVISORS);
  assert.is(await tryIt(access(), { ...supervisor, conversations: [C] }, 'list', 'any'), DENIED);
});

test('the authorizer is asked about a list without a conversation, and its role counts', async () => {
  const asked: Question[] = [];
  const promoting = access({ authorizer: authorizer({ decision: 'allow', role: 'supervisor' }, asked) });
  assert.is(await tryIt(promoting, {}, 'list', 'any'), 'done');
  assert.equal(
    asked.map(({ conversation, action }) => [conversation, action]),
    [[null, 'list']],
  );
  const demoting = access({ authorizer: authorizer({ decision: 'allow', role: 'agent' }) });
  const message = 'only a supervisor may list conversations';
  assert.is(await tryIt(demoting, { role: 'supervisor' }, 'list', 'any'), message);
});

for (const [lists, conversations] of [
  ['a short name', [C]],
  ['a whole name', ['projects/my-project/locations/global/conversations/c']],
  ["a name with the project's number", ['projects/42/conversations/c']],
  ['a name among others and nonsense', ['', '/', 'projects/other/conversations/c', C]],
] as const) {
  test(`a list with ${lists} opens only that conversation`, async () => {
    const judge = access();
    assert.is(await tryIt(judge, { conversations }, 'join', C), 'done');
    assert.is(await tryIt(judge, { conversations }, 'write', C), 'done');
    assert.is(await tryIt(judge, { conversations }, 'join', `${C}c`), DENIED);
  });
}

test('a list denies what may reach unnamed conversations, not what belongs to none', async () => {
  const listed = { conversations: [C] };
  assert.is(await tryIt(access(), listed, 'write', 'any'), DENIED);
  assert.is(await tryIt(access(), listed, 'read', 'unclear'), DENIED);
  assert.is(await tryIt(access(), listed, 'write', 'none'), 'done');
});

test('an empty list opens nothing', async () => {
  assert.is(await tryIt(access(), { conversations: [] }, 'join', C), DENIED);
});

test('the authorizer is asked who wants what, and its answer holds as long as it says', async () => {
  const asked: Question[] = [];
  const judge = access({ authorizer: authorizer({ decision: 'allow' }, asked) });
  assert.equal(await judge.require(agent(), 'join', C), { until: 7 });
  const who = { sub: 'oidc:issuer:user', provider: 'oidc' };
  assert.equal(asked, [{ agent: who, conversation: C, action: 'join' }]);
});

test('what belongs to no conversation, or may reach any, is asked about without one', async () => {
  const asked: Question[] = [];
  const judge = access({ authorizer: authorizer({ decision: 'allow' }, asked) });
  assert.is(await tryIt(judge, {}, 'read', 'none'), 'done');
  assert.is(await tryIt(judge, {}, 'write', 'any'), 'done');
  assert.equal(
    asked.map(({ conversation }) => conversation),
    [null, null],
  );
});

test('a path whose conversation is unknown is denied without a question', async () => {
  const asked: Question[] = [];
  const judge = access({ authorizer: authorizer({ decision: 'allow' }, asked), onFailure: 'allow' });
  assert.is(await tryIt(judge, {}, 'read', 'unclear'), DENIED);
  assert.equal(asked, []);
});

test("authorizer and token's list must both allow a conversation", async () => {
  const asked: Question[] = [];
  const generous = access({ authorizer: authorizer({ decision: 'allow' }, asked) });
  assert.is(await tryIt(generous, { conversations: [] }, 'join', C), DENIED);
  assert.equal(asked, [], 'and is not asked');
  const strict = access({ authorizer: authorizer({ decision: 'deny' }) });
  assert.is(await tryIt(strict, { conversations: [C] }, 'join', C), DENIED);
});

test('without an answer access is refused for now, or given for as long as one holds', async () => {
  const strict = access({ authorizer: authorizer(undefined) });
  const error = await strict.require(agent(), 'join', C).catch((reason: unknown) => reason);
  assert.instance(error, AccessRefusedError);
  assert.equal(
    [(error as AccessRefusedError).message, (error as AccessRefusedError).isTemporary],
    [AWAY, true],
  );
  const lenient = access({ authorizer: authorizer(undefined), onFailure: 'allow' });
  assert.equal(await lenient.require(agent(), 'join', C), { until: 99 });
  assert.is(await tryIt(lenient, { role: 'supervisor' }, 'write', C), 'a supervisor may only read');
  const confused = access({ authorizer: authorizer(undefined, [], { isOutage: false }), onFailure: 'allow' });
  assert.is(await tryIt(confused, {}, 'join', C), AWAY, 'what it said may have been a no');
});

test('a name is of a conversation of the project, in an allowed location if it has one', () => {
  const judge = access({ allowedLocations: ['global', 'europe-west2'] });
  assert.is(judge.nameOf('projects/42/locations/europe-west2/conversations/c'), C);
  assert.is(judge.nameOf(C), C);
  assert.throws(
    () => judge.nameOf('projects/my-project/locations/us/conversations/c'),
    (error: unknown) =>
      error instanceof AccessRefusedError && error.message === 'the location is not allowed',
  );
  assert.throws(
    () => judge.nameOf('projects/other/locations/global/conversations/c'),
    (error: unknown) => error instanceof ConversationNameError,
  );
});

test('that the authorizer is away, and that it is back, is logged once each', async () => {
  let lines = '';
  const logger = createLogger('test', 'info', { write: (line) => (lines += line) });
  const away = authorizer(undefined);
  const back = authorizer({ decision: 'allow' });
  let present = away;
  const judge = access({ logger, authorizer: { freshUntil: () => 0, get: (asked) => present.get(asked) } });
  for (const now of [away, away, back, back]) {
    present = now;
    await tryIt(judge, {}, 'join', C);
  }
  assert.is(lines.match(/the authorizer does not answer/g)?.length, 1);
  assert.is(lines.match(/the authorizer answers again/g)?.length, 1);
});

test('a join asks Redis about revocations, unless what the relay has seen is enough', async () => {
  const asked: string[] = [];
  const revocations = {
    isRevoked: async () => asked.push('Redis') === 0,
    knows: () => asked.push('the relay') === 0,
  };
  const judge = access({ revocations });
  await judge.require(agent(), 'join', C);
  await judge.require(agent(), 'join', C, { usesKnownRevocations: true });
  await judge.require(agent(), 'read', C);
  assert.equal(asked, ['Redis', 'the relay', 'the relay']);
});

test.run();
