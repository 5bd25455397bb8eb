import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Answer, Question } from '../../../relay/access/authorizer-webhook.ts';
import { DecisionCache } from '../../../relay/access/decision-cache.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';

const CACHE_MS = 60_000;
const AGENT = { sub: 'oidc:issuer:agent', provider: 'oidc' };
const C: ShortName = 'projects/p/conversations/c';
const question = (conversation = C, action: Question['action'] = 'join', agent = AGENT): Question => ({
  agent,
  conversation,
  action,
});

interface Call {
  trace: string | undefined;
  answer(answer: Answer): void;
  fail(): void;
}

/** Answers in front of a webhook that the test plays, by a clock that the test sets. */
class CacheFixture {
  now = 0;
  readonly calls: Call[] = [];
  readonly answers: DecisionCache;

  constructor(max = 100) {
    const webhook = {
      ask: (_question: Question, trace?: string) =>
        new Promise<Answer>((answer, reject) =>
          this.calls.push({ trace, answer, fail: () => reject(new Error('away')) }),
        ),
    };
    const limits = { authorizerCacheMs: CACHE_MS, authorizerCacheMax: max };
    this.answers = new DecisionCache(webhook, limits, () => this.now);
  }

  /** Asks, and has it answered if the webhook is asked. */
  async get(question: Question, answer: Answer = { decision: 'allow' }): Promise<Answer> {
    const before = this.calls.length;
    const getting = this.answers.get(question);
    if (this.calls.length > before) this.calls.at(-1)?.answer(answer);
    return (await getting).answer;
  }
}

test('an answer is used again for a minute, and not longer', async () => {
  const fixture = new CacheFixture();
  await fixture.get(question(), { decision: 'allow' });
  fixture.now = CACHE_MS - 1;
  assert.equal(await fixture.get(question()), { decision: 'allow' });
  assert.is(fixture.calls.length, 1);
  fixture.now = CACHE_MS;
  assert.equal(await fixture.get(question(), { decision: 'deny' }), { decision: 'deny' });
  assert.is(fixture.calls.length, 2);
});

test('a deny is kept, too', async () => {
  const fixture = new CacheFixture();
  await fixture.get(question(), { decision: 'deny' });
  assert.equal(await fixture.get(question()), { decision: 'deny' });
  assert.is(fixture.calls.length, 1);
});

test('the minute counts from the question, however long the answer takes', async () => {
  const fixture = new CacheFixture();
  const getting = fixture.answers.get(question());
  fixture.now = 2_000;
  fixture.calls[0]?.answer({ decision: 'allow' });
  assert.is((await getting).until, CACHE_MS);
});

test('an answer is for one agent, one conversation and one action', async () => {
  const fixture = new CacheFixture();
  for (const other of [
    question(),
    question(C, 'read'),
    question('projects/p/conversations/d'),
    question(C, 'join', { sub: 'oidc:issuer:other', provider: 'oidc' }),
  ]) {
    await fixture.get(other);
  }
  assert.is(fixture.calls.length, 4);
});

test('a question that is being asked shares the answer and the first trace', async () => {
  const fixture = new CacheFixture();
  const both = Promise.all([
    fixture.answers.get(question(), { trace: 'first' }),
    fixture.answers.get(question(), { trace: 'second', skipCache: true }),
  ]);
  assert.equal(
    fixture.calls.map(({ trace }) => trace),
    ['first'],
  );
  fixture.calls[0]?.answer({ decision: 'deny' });
  for (const { answer } of await both) assert.equal(answer, { decision: 'deny' });
});

test('a call that skips the cache asks again and replaces the kept answer', async () => {
  const fixture = new CacheFixture();
  await fixture.get(question(), { decision: 'allow' });
  const fresh = fixture.answers.get(question(), { skipCache: true });
  fixture.calls[1]?.answer({ decision: 'deny' });
  assert.equal((await fresh).answer, { decision: 'deny' });
  assert.equal(await fixture.get(question()), { decision: 'deny' });
  assert.is(fixture.calls.length, 2);
});

test('a failure is everybody’s who waits, and is not kept', async () => {
  const fixture = new CacheFixture();
  const both = [fixture.answers.get(question()), fixture.answers.get(question())];
  fixture.calls[0]?.fail();
  for (const { status } of await Promise.allSettled(both)) assert.is(status, 'rejected');
  assert.equal(await fixture.get(question()), { decision: 'allow' });
  assert.is(fixture.calls.length, 2);
});

test('a failed call that skips the cache leaves the kept answer in place', async () => {
  const fixture = new CacheFixture();
  await fixture.get(question(), { decision: 'allow' });
  const fresh = fixture.answers.get(question(), { skipCache: true });
  fixture.calls[1]?.fail();
  assert.is((await Promise.allSettled([fresh]))[0]?.status, 'rejected');
  assert.equal(await fixture.get(question()), { decision: 'allow' });
  assert.is(fixture.calls.length, 2);
});

test('a kept answer is used while the webhook is asked again', async () => {
  const fixture = new CacheFixture();
  await fixture.get(question(), { decision: 'allow' });
  const again = fixture.answers.get(question(), { skipCache: true });
  const kept = fixture.answers.get(question());
  const nothing = new Promise<undefined>((resolve) => setTimeout(resolve, 50));
  assert.equal((await Promise.race([kept, nothing]))?.answer, { decision: 'allow' });
  fixture.calls[1]?.fail();
  assert.is((await Promise.allSettled([again]))[0]?.status, 'rejected');
  assert.is(fixture.calls.length, 2);
});

test('a call under way is answered although the cache has no room for it', async () => {
  const fixture = new CacheFixture(2);
  const of = (id: string) => question(`projects/p/conversations/${id}`);
  const all = ['a', 'b', 'c'].map((id) => fixture.answers.get(of(id)));
  for (const call of fixture.calls) call.answer({ decision: 'deny' });
  for (const { answer } of await Promise.all(all)) assert.equal(answer, { decision: 'deny' });
});

test('beyond the limit the answer that was used least recently is dropped', async () => {
  const fixture = new CacheFixture(2);
  const of = (id: string) => question(`projects/p/conversations/${id}`);
  for (const id of ['a', 'b', 'a', 'c']) await fixture.get(of(id));
  assert.is(fixture.calls.length, 3);
  await fixture.get(of('a'));
  assert.is(fixture.calls.length, 3, 'a was used after b');
  await fixture.get(of('b'));
  assert.is(fixture.calls.length, 4);
});

test.run();
