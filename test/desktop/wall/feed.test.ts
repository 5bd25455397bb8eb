import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError } from '../../../relay/desktop/api/api-error.ts';
import { Feed } from '../../../relay/desktop/wall/feed.ts';
import { keepsAsking, stateAfterFailure, waitFor } from '../../../relay/desktop/wall/feed-state.ts';
import type { CallList } from '../../../relay/desktop/wall/list-calls.ts';

const EMPTY: CallList = { calls: [], isCut: false };

/** A feed whose answers the test gives, in turn. */
function feedOf(...answers: (CallList | Error)[]) {
  const asked: number[] = [];
  let isHidden = false;
  const feed = new Feed({
    async list() {
      const answer = answers[asked.push(0) - 1] ?? EMPTY;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onList() {},
    now: () => 5_000,
    isHidden: () => isHidden,
  });
  return {
    feed,
    asked,
    hide(hidden: boolean) {
      isHidden = hidden;
    },
  };
}

const settled = () => sleep(0);

test('a list makes the wall live, a failure shows since when it is not', async () => {
  const { feed } = feedOf(EMPTY, new ApiError('offline'));
  assert.equal(feed.state.value, { is: 'loading' });
  feed.refresh();
  await settled();
  assert.equal(feed.state.value, { is: 'live' });
  feed.refresh();
  await settled();
  assert.equal(feed.state.value, { is: 'away', since: 5_000, cause: 'offline' });
  feed.stop();
});

test('two requests for a list at once are two lists, one after the other', async () => {
  const { feed, asked } = feedOf();
  feed.refresh();
  feed.refresh();
  feed.refresh();
  assert.is(asked.length, 1);
  await settled();
  assert.is(asked.length, 2);
  feed.stop();
});

test('a page that nobody sees asks for nothing until it is seen', async () => {
  const { feed, asked, hide } = feedOf();
  hide(true);
  feed.refresh();
  await settled();
  assert.is(asked.length, 0);
  hide(false);
  feed.refresh();
  await settled();
  assert.is(asked.length, 1);
  feed.stop();
});

test('who is no supervisor or is signed out is not asked for again', () => {
  const notAllowed = stateAfterFailure(new ApiError('not-allowed', { detail: 'for supervisors' }), 1);
  assert.equal(notAllowed, { is: 'not-allowed' });
  assert.not(keepsAsking(notAllowed));
  assert.not(keepsAsking(stateAfterFailure(new ApiError('signed-out'), 1)));
  assert.not(keepsAsking(stateAfterFailure(new ApiError('not-found'), undefined)));
});

test('an authorizer that does not answer is no refusal', () => {
  const detail = 'access cannot be checked right now: try again';
  assert.equal(stateAfterFailure(new ApiError('not-allowed', { detail }), 1), {
    is: 'away',
    since: 1,
    cause: 'unavailable',
  });
});

test('an error that the page does not know is a fault, and it goes on', () => {
  const state = stateAfterFailure(new TypeError('x'), undefined);
  assert.equal(state, { is: 'away', since: undefined, cause: 'fault' });
  assert.ok(keepsAsking(state));
});

test('the page asks every 3 s, and less often the more attempts fail', () => {
  assert.equal([0, 1, 2, 3, 4, 5, 50].map(waitFor), [3_000, 3_000, 6_000, 12_000, 24_000, 30_000, 30_000]);
});

test.run();
