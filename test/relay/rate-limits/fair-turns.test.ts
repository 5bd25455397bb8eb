import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FairTurns, TurnTimeoutError } from '../../../relay/rate-limits/fair-turns.ts';

/** The time of these tests stands still, except where they let it pass. */
const LONG_MS = 2_000;

test.before.each(() => mock.timers.enable({ apis: ['setTimeout'] }));
test.after.each(() => mock.timers.reset());

/** Asks for turns, and keeps in which order they were given. */
class TurnsFixture {
  readonly given: string[] = [];
  readonly #ends = new Map<string, (() => void)[]>();
  readonly turns: FairTurns;

  constructor(size: number, waitMaxMs = LONG_MS) {
    this.turns = new FairTurns(size, waitMaxMs);
  }

  async ask(agent: string, count = 1, signal?: AbortSignal): Promise<void> {
    for (let index = 0; index < count; index++) {
      this.turns.take(agent, signal).then(
        (end) => {
          this.given.push(agent);
          this.#ends.set(agent, [...(this.#ends.get(agent) ?? []), end]);
        },
        (error: Error) => this.given.push(`${agent}: ${error.message}`),
      );
    }
    await turn();
  }

  /** Ends the oldest turn of an agent. */
  async end(agent: string): Promise<void> {
    this.#ends.get(agent)?.shift()?.();
    await turn();
  }
}

test('a crowd of one agent leaves the other agents turns at once', async () => {
  const fixture = new TurnsFixture(8);
  await fixture.ask('crowd', 100);
  assert.equal(fixture.given, Array(4).fill('crowd'));
  for (const agent of ['a', 'b', 'c']) await fixture.ask(agent);
  assert.equal(fixture.given.slice(4), ['a', 'b', 'c']);
});

test('a turn that ends goes to the waiting agent that has the fewest', async () => {
  const fixture = new TurnsFixture(2);
  await fixture.ask('a', 3);
  await fixture.ask('b');
  await fixture.ask('c');
  assert.equal(fixture.given, ['a', 'b']);
  for (const agent of ['b', 'c', 'a', 'a']) await fixture.end(agent);
  assert.equal(fixture.given, ['a', 'b', 'c', 'a', 'a']);
});

test('agents that have no turn get the next ones in a circle', async () => {
  const fixture = new TurnsFixture(1);
  await fixture.ask('a');
  for (const agent of ['b', 'b', 'c', 'd']) await fixture.ask(agent);
  for (const agent of ['a', 'b', 'c', 'd']) await fixture.end(agent);
  assert.equal(fixture.given, ['a', 'b', 'c', 'd', 'b']);
});

test('one agent alone gets turn after turn, in its order', async () => {
  const fixture = new TurnsFixture(4);
  await fixture.ask('a', 5);
  assert.is(fixture.given.length, 2);
  for (let left = 3; left > 0; left--) await fixture.end('a');
  assert.is(fixture.given.length, 5);
});

test('a turn ends once, however often that is said', async () => {
  const turns = new FairTurns(1, LONG_MS);
  const end = await turns.take('a');
  end();
  end();
  await turns.take('a');
  const abort = new AbortController();
  const late = turns.take('b', abort.signal).catch((error: Error) => error.message);
  await turn();
  abort.abort(new Error('gone'));
  assert.is(await late, 'gone');
});

test('a wait that is too long is refused, and says whether the agent is in its own way', async () => {
  const turns = new FairTurns(2, 20);
  await turns.take('a');
  await turns.take('b');
  const both = Promise.allSettled([turns.take('a'), turns.take('c')]);
  mock.timers.tick(20);
  const [own, strange] = await both;
  const reasonOf = (result: PromiseSettledResult<unknown> | undefined) =>
    result?.status === 'rejected' ? result.reason : undefined;
  assert.instance(reasonOf(own), TurnTimeoutError);
  assert.equal([reasonOf(own).isOwn, reasonOf(strange).isOwn], [true, false]);
});

test('a signal ends the wait, and no turn is lost by it', async () => {
  const fixture = new TurnsFixture(1);
  const abort = new AbortController();
  await fixture.ask('a');
  await fixture.ask('b', 1, abort.signal);
  await fixture.ask('c');
  abort.abort(new Error('gone'));
  await fixture.end('a');
  assert.equal(fixture.given, ['a', 'b: gone', 'c']);
  await fixture.ask('d', 1, abort.signal);
  assert.is(fixture.given.at(-1), 'd: gone');
});

test.run();
