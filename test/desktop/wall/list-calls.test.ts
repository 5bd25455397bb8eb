import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RelayCall } from '../../../relay/desktop/api/relay-calls.ts';
import { CALLS_MAX, listCalls } from '../../../relay/desktop/wall/list-calls.ts';
import { callPageOf } from '../../../relay/desktop/wall/listed-call.ts';
import { DEFAULT_THRESHOLDS } from '../../../relay/desktop/wall/thresholds.ts';
import { conversation, NOW } from './listed.ts';

/** A relay that answers with these pages, one after the other. */
function pages(...answers: object[]) {
  const asked: URLSearchParams[] = [];
  const relay = async ({ path }: RelayCall) => {
    asked.push(new URLSearchParams(path.replace(/^conversations\?/, '')));
    return answers[asked.length - 1] ?? answers.at(-1);
  };
  return { asked, relay };
}

const page = (count: number, first: number, nextPageToken?: string) => ({
  conversations: Array.from({ length: count }, (_, index) => conversation({ id: `c${first + index}` })),
  ...(nextPageToken === undefined ? {} : { nextPageToken }),
});

test('the thresholds go to the relay, and pages follow their tokens', async () => {
  const { asked, relay } = pages(page(2, 0, 'next'), page(1, 2));
  const { calls, isCut } = await listCalls(relay, { ...DEFAULT_THRESHOLDS, longCallMinutes: 2 });
  assert.is(calls.length, 3);
  assert.not(isCut);
  assert.equal(Object.fromEntries(asked[0] ?? []), {
    pageSize: '200',
    longCallSeconds: '120',
    silenceSeconds: '60',
  });
  assert.is(asked[1]?.get('pageToken'), 'next');
});

test('a call that has moved to the next page is listed once', async () => {
  const { relay } = pages(page(2, 0, 'next'), page(2, 1));
  assert.is((await listCalls(relay, DEFAULT_THRESHOLDS)).calls.length, 3);
});

test('more calls than the wall takes are cut, and it says so', async () => {
  const many = pages(...Array.from({ length: 7 }, (_, index) => page(200, index * 200, 'more')));
  const { calls, isCut } = await listCalls(many.relay, DEFAULT_THRESHOLDS);
  assert.equal([calls.length, isCut, many.asked.length], [CALLS_MAX, true, 5]);
});

test('a relay whose pages never end is not asked for ever', async () => {
  const { asked, relay } = pages(page(1, 0, 'again'));
  await listCalls(relay, DEFAULT_THRESHOLDS);
  assert.is(asked.length, 20);
});

test('a call whose location the relay learns later stays the same call', () => {
  const named = conversation({ id: 'x' });
  const [located, without] = [named, { ...named, name: 'projects/p/conversations/x' }].map(
    (listed) => callPageOf({ conversations: [listed] }).calls[0],
  );
  assert.equal(located, without);
});

test('a call is read with its fields, and what is unknown is left out', () => {
  const read = callPageOf({
    conversations: [
      conversation({ id: 'x', seconds: 90, stage: 'HUMAN_ASSIST', score: -0.6, flags: ['NEW', 'SILENCE'] }),
      conversation({ id: 'y', stage: 'NEW_STAGE' }),
      { name: 'projects/p/conversations/z' },
      'no call',
    ],
  });
  assert.is(read.nextPageToken, '');
  assert.is(read.calls.length, 2);
  assert.equal(read.calls[0], {
    name: 'projects/p/conversations/x',
    startTime: NOW - 90_000,
    lastEventTime: NOW - 1_000,
    stage: 'HUMAN_ASSIST',
    desktops: 1,
    score: -0.6,
    flags: ['SILENCE'],
  });
  assert.is(read.calls[1]?.stage, 'UNKNOWN');
  assert.equal(callPageOf(undefined), { calls: [], nextPageToken: '' });
});

test.run();
