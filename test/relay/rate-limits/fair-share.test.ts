import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FairShare } from '../../../relay/rate-limits/fair-share.ts';

/** How much an agent gets, taken one by one. */
function takeAll(share: FairShare, agent: string): number {
  let taken = 0;
  while (share.take(agent)) taken++;
  return taken;
}

test('one agent alone gets half', () => {
  assert.is(takeAll(new FairShare(128), 'a'), 64);
});

test('each agent that comes after greedy ones gets half of what is left', () => {
  const share = new FairShare(128);
  assert.equal(
    ['a', 'b', 'c', 'd', 'e'].map((agent) => takeAll(share, agent)),
    [64, 32, 16, 8, 4],
  );
  assert.ok(share.take('another'));
});

test('what is given back can be taken by those who have less than is free', () => {
  const share = new FairShare(128);
  for (const agent of ['a', 'b']) takeAll(share, agent);
  share.give('a', 60);
  assert.is(share.heldBy('a'), 4);
  assert.is(takeAll(share, 'c'), 46);
  assert.is(takeAll(share, 'a'), 21);
});

test('an amount that is too large takes nothing', () => {
  const share = new FairShare(100);
  assert.not(share.take('a', 101));
  assert.ok(share.take('a', 40));
  assert.not(share.take('a', 21));
  assert.ok(share.take('a', 20));
  assert.is(share.heldBy('a'), 60);
  share.give('a', 60);
  assert.is(share.heldBy('a'), 0);
  assert.ok(share.take('a', 100));
});

test.run();
