import * as assert from 'uvu/assert';
import { Runner } from './runner.ts';
import { turns } from './simulated-relay.ts';
import type { WatchedMember } from './watched-member.ts';

/** A room on a log that holds some events, `e1` and so on, and in which nothing happens until the test says so. */
export const newRunner = ({ before = 2, historySize = 1_000, pageSize = 200 } = {}) =>
  new Runner({ before, historySize, pageSize, areSlow: false });

/** What a member was given, as message ids. */
export const ids = (member: WatchedMember) => member.received.map(({ messageId }) => messageId);

/** Lets the one thing happen that waits, or the first of them. */
export async function next({ relay }: Runner): Promise<void> {
  relay.step(0);
  await turns();
}

/** Lets the channel bring all that is under way. */
export function hearAll({ relay }: Runner): void {
  while (relay.channel.size > 0) relay.hear();
}

/** Lets everything come to rest and checks that everybody has what there is. */
export async function settled(runner: Runner): Promise<Runner> {
  await runner.settle();
  assert.equal(runner.faults, []);
  return runner;
}

export function appendTo(runner: Runner, count: number): void {
  for (let n = 0; n < count; n++) runner.append();
}
