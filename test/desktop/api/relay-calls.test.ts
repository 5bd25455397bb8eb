import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ApiError } from '../../../relay/desktop/api/api-error.ts';
import { createRelayCalls, type RelayCall } from '../../../relay/desktop/api/relay-calls.ts';

interface Sent {
  path: string;
  method: string | undefined;
  authorization: string | undefined;
  body: unknown;
}

type Answer = Response | Error | Promise<Response>;

/** The calls of a page whose token is `t1`, then `t2` and so on, and what the relay answers, in order. */
function page(...answers: Answer[]) {
  const sent: Sent[] = [];
  let time = 1_000_000;
  let tokens = 1;
  const call = createRelayCalls({
    signIn: {
      token: async () => `t${tokens}`,
      register: async () => `t${++tokens}`,
    },
    request: (async (path: string, { method, headers, body }: RequestInit) => {
      const { authorization } = headers as Record<string, string>;
      sent.push({
        path,
        method,
        authorization,
        body: body === undefined ? undefined : JSON.parse(String(body)),
      });
      const answer = answers.shift() ?? json(200, {});
      if (answer instanceof Error) throw answer;
      return answer;
    }) as typeof fetch,
    now: () => time,
  });
  return {
    call,
    sent,
    pass(ms: number) {
      time += ms;
    },
  };
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

const CALL: RelayCall = { method: 'POST', path: 'v2/x:y', body: { a: 1 }, kind: 'y' };
const expired = () => json(401, { message: 'Your token has expired.' });
const busy = (seconds: string) =>
  json(429, { message: 'Too many requests: wait.' }, { 'retry-after': seconds });

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, ApiError);
    return error as ApiError;
  }
  throw new Error('the call did not fail');
}

test('a call has the token and its body, and gives the parsed answer', async () => {
  const { call, sent } = page(json(200, { name: 'n' }));
  assert.equal(await call(CALL), { name: 'n' });
  assert.equal(sent, [{ path: 'v2/x:y', method: 'POST', authorization: 't1', body: { a: 1 } }]);
});

test('a call with an expired token is sent again with a new one, once', async () => {
  const { call, sent } = page(expired(), json(200, { name: 'n' }));
  assert.equal(await call(CALL), { name: 'n' });
  assert.equal(
    sent.map(({ authorization }) => authorization),
    ['t1', 't2'],
  );
  const stuck = page(expired(), expired());
  assert.is((await failureOf(stuck.call(CALL))).kind, 'signed-out');
  assert.is(stuck.sent.length, 2);
});

test('a revoked token is not renewed', async () => {
  const { call, sent } = page(json(401, { message: 'Your token was revoked.' }));
  assert.is((await failureOf(call(CALL))).kind, 'signed-out');
  assert.is(sent.length, 1);
});

test("Dialogflow's own 401 is not taken for the page's token", async () => {
  const { call, sent } = page(json(401, { error: { status: 'UNAUTHENTICATED', message: 'No.' } }));
  assert.is((await failureOf(call(CALL))).kind, 'relay-not-allowed');
  assert.is(sent.length, 1);
});

for (const [what, answer, kind] of [
  ['a network failure', () => new TypeError('Failed to fetch'), 'offline'],
  ['a timeout', () => new DOMException('late', 'TimeoutError'), 'timeout'],
  ['a 502', () => json(502, { error: { status: 'UNAVAILABLE', message: 'no' } }), 'unavailable'],
  ['an answer that is no JSON', () => new Response('<html>'), 'fault'],
] as [string, () => Answer, string][]) {
  test(`${what} fails the call, which is not sent again`, async () => {
    const { call, sent } = page(answer());
    assert.is((await failureOf(call(CALL))).kind, kind);
    assert.is(sent.length, 1);
  });
}

test('a registration that nobody answers is offline', async () => {
  const unanswered = new TypeError('Failed to fetch');
  const call = createRelayCalls({
    signIn: { token: () => Promise.reject(unanswered), register: () => Promise.reject(unanswered) },
    request: () => Promise.reject(new Error('must not be called')),
    now: Date.now,
  });
  assert.is((await failureOf(call(CALL))).kind, 'offline');
});

test('an agent that cannot register is signed out', async () => {
  const refused = Object.assign(new Error('no'), { name: 'Unauthorized' });
  const call = createRelayCalls({
    signIn: { token: () => Promise.reject(refused), register: () => Promise.reject(refused) },
    request: () => Promise.reject(new Error('must not be called')),
    now: Date.now,
  });
  assert.is((await failureOf(call(CALL))).kind, 'signed-out');
});

test('after a Retry-After calls of the same kind wait, and others do not', async () => {
  const { call, sent, pass } = page(busy('5'));
  await failureOf(call(CALL));
  pass(4_999);
  const held = await failureOf(call(CALL));
  assert.is(held.kind, 'too-many');
  assert.is(sent.length, 1);
  await call({ ...CALL, kind: 'z' });
  pass(1);
  await call(CALL);
  assert.is(sent.length, 3);
});

test('calls with the same key are one call while it is under way', async () => {
  let answer = (_response: Response) => {};
  const { call, sent } = page(new Promise<Response>((resolve) => (answer = resolve)));
  const once = { ...CALL, once: 'same' };
  const both = Promise.all([call(once), call(once)]);
  await call({ ...CALL, once: 'other' });
  answer(json(200, { name: 'n' }));
  assert.equal(await both, [{ name: 'n' }, { name: 'n' }]);
  assert.is(sent.length, 2);
  await call(once);
  assert.is(sent.length, 3);
});

test.run();
