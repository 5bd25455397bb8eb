import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CallsUnderWay } from '../../../relay/rate-limits/calls-under-way.ts';
import { RATE_LIMITS, type RateLimits } from '../../../relay/rate-limits/limits.ts';
import { RateLimitedError } from '../../../relay/rate-limits/rate-limited-error.ts';

const MAX = 3;
const never = new AbortController().signal;

function limited(limits: Partial<RateLimits> = {}): CallsUnderWay {
  return new CallsUnderWay({ ...RATE_LIMITS, callsUnderWayMax: MAX, ...limits });
}

const agent = (subject: string, tokenId = 'jti') => ({ subject, tokenId });

/** Begins as many calls as are let in. */
function beginAll(calls: CallsUnderWay, who: ReturnType<typeof agent>) {
  const begun = [];
  for (;;) {
    try {
      begun.push(calls.begin(who));
    } catch (error) {
      assert.instance(error, RateLimitedError);
      assert.is((error as RateLimitedError).retryAfterMs, 1_000);
      return begun;
    }
  }
}

test('calls of an agent are limited over its tokens, and an end makes room for one', () => {
  const calls = limited();
  const begun = beginAll(calls, agent('oidc:ann'));
  assert.is(begun.length, MAX);
  assert.throws(() => calls.begin(agent('oidc:ann', 'another')), /under way/);
  calls.begin(agent('oidc:bob'));
  begun[0]?.end();
  begun[0]?.end();
  assert.is(beginAll(calls, agent('oidc:ann')).length, 1);
});

test('each token of an application has calls of its own', () => {
  const calls = limited();
  for (const tokenId of ['one', 'two'])
    assert.is(beginAll(calls, agent('twilio-app:AC1', tokenId)).length, MAX);
});

test('bodies of one agent leave memory for others, and their end gives it back', () => {
  const calls = limited({ callBodiesMaxBytes: 1_000 });
  const [first, second] = [calls.begin(agent('oidc:ann')), calls.begin(agent('oidc:ann'))];
  first.hold(300);
  second.hold(200);
  assert.throws(() => second.hold(1), /under way/);
  calls.begin(agent('oidc:bob')).hold(250);
  first.end();
  second.hold(1);
});

test('a call that waits too long is limited, and one that has ended takes nothing', async () => {
  const calls = limited({ dialogflowConnectionsMax: 2, dialogflowConnectionWaitMs: 20 });
  const [first, second] = [calls.begin(agent('oidc:ann')), calls.begin(agent('oidc:ann'))];
  await first.connection(never);
  const [waited] = await Promise.allSettled([second.connection(never)]);
  assert.instance(waited?.status === 'rejected' && waited.reason, RateLimitedError);
  second.end();
  await second.connection(never).catch(() => {});
  await calls.begin(agent('oidc:bob')).connection(never);
  first.end();
  await calls.begin(agent('oidc:ann')).connection(never);
});

test.run();
