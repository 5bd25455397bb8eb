import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError, type ApiErrorKind, apiErrorOf, retryTime } from '../../../relay/desktop/api/api-error.ts';
import { problemOf } from '../../../relay/desktop/api/sentence-of.ts';

const NOW = Date.UTC(2026, 0, 1);

/** An error in the shape of Google's, and one in that of the relay's own refusals. */
const google = (status: string, message = 'Words of the server.') => ({
  error: { code: 1, message, status },
});
const relay = (message: string) => ({ message });

const CASES: [status: number, body: unknown, kind: ApiErrorKind][] = [
  [400, google('INVALID_ARGUMENT'), 'invalid'],
  [400, google('FAILED_PRECONDITION'), 'ended'],
  [401, relay('Your token has expired.'), 'signed-out'],
  [401, google('UNAUTHENTICATED'), 'relay-not-allowed'],
  [403, relay('You may not write to this conversation.'), 'not-allowed'],
  [403, google('PERMISSION_DENIED', 'the resource belongs to another project'), 'other-project'],
  [403, google('PERMISSION_DENIED'), 'relay-not-allowed'],
  [404, google('NOT_FOUND'), 'not-found'],
  [408, google('DEADLINE_EXCEEDED'), 'timeout'],
  [409, google('ALREADY_EXISTS'), 'invalid'],
  [413, google('INVALID_ARGUMENT'), 'too-large'],
  [429, relay('Too many requests: wait.'), 'too-many'],
  [429, relay('The quota of analyzeContent is used up: wait.'), 'quota'],
  [429, google('RESOURCE_EXHAUSTED'), 'quota'],
  [500, google('INTERNAL'), 'fault'],
  [502, google('UNAVAILABLE'), 'unavailable'],
  [503, relay('The token cannot be checked right now: try again.'), 'unavailable'],
  [504, google('DEADLINE_EXCEEDED'), 'timeout'],
  [500, undefined, 'fault'],
  [418, '<html>', 'invalid'],
];

for (const [status, body, kind] of CASES) {
  test(`${status} with ${JSON.stringify(body)?.slice(0, 40)} is ${kind}`, () => {
    const error = apiErrorOf({ status, retryAfter: null, body }, NOW);
    assert.is(error.kind, kind);
    assert.is(error.status, status);
    const { sentence, waitSeconds } = problemOf(error, NOW);
    assert.match(sentence, /^[A-Z].*\.$/);
    assert.is(waitSeconds, undefined);
  });
}

test('Retry-After is seconds or a date, and never in the past', () => {
  assert.is(retryTime('12', NOW), NOW + 12_000);
  assert.is(retryTime('Thu, 01 Jan 2026 00:00:30 GMT', NOW), NOW + 30_000);
  assert.is(retryTime('0', NOW), NOW + 1_000);
  assert.is(retryTime('Wed, 31 Dec 2025 00:00:00 GMT', NOW), NOW + 1_000);
  for (const header of [null, '', 'soon']) assert.is(retryTime(header, NOW), undefined);
});

test('a sentence says for how long to wait, until the time has come', () => {
  const error = apiErrorOf({ status: 429, retryAfter: '7', body: relay('Too many requests: wait.') }, NOW);
  const problem = problemOf(error, NOW + 2_500);
  assert.is(problem.waitSeconds, 5);
  assert.match(problem.sentence, /Try again in 5 s\.$/);
  assert.is(problemOf(error, NOW + 7_000).waitSeconds, undefined);
});

test('what the server said is shown where it says what to change, and not otherwise', () => {
  const detail = (status: number, body: unknown) =>
    problemOf(apiErrorOf({ status, retryAfter: null, body }, NOW), NOW).detail;
  assert.is(detail(400, google('INVALID_ARGUMENT', 'text is empty')), 'text is empty');
  assert.is(detail(401, relay('Failed to parse your token.')), undefined);
});

test('an error that is none of the calls has a sentence', () => {
  assert.match(problemOf(new TypeError('x is undefined'), NOW).sentence, /Try again/);
  assert.match(problemOf(new ApiError('offline'), NOW).sentence, /Check the network/);
});

test.run();
