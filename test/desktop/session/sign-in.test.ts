import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSignIn } from '../../../relay/desktop/session/sign-in.ts';

interface Call {
  path: string;
  token: string | null;
}

/** A relay that gives the tokens one after the other, and takes the last one only. */
function relay(tokens: string[], status = 200) {
  const calls: Call[] = [];
  let valid = '';
  const request = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const path = String(input);
    const token = new Headers(init?.headers).get('authorization');
    calls.push({ path, token });
    if (path === 'register') {
      valid = tokens.shift() ?? valid;
      return Response.json({ token: valid }, { status, headers: { date: 'Mon, 30 Nov 2026 09:00:00 GMT' } });
    }
    return new Response('', { status: token === valid ? 200 : 401 });
  };
  return { calls, request, expire: () => (valid = 'another') };
}

const tokenWith = (claims: object) => `head.${btoa(JSON.stringify(claims))}.signature`;

test('calls share one token, and an expired one is replaced once', async () => {
  const { calls, request, expire } = relay(['one', 'two']);
  const signIn = createSignIn(request, Date.now);
  assert.is((await signIn.fetch('a')).status, 200);
  assert.is((await signIn.fetch('b')).status, 200);
  expire();
  assert.is((await signIn.fetch('c')).status, 200);
  assert.equal(
    calls.map(({ path, token }) => `${path} ${token ?? ''}`),
    ['register ', 'a one', 'b one', 'c one', 'register ', 'c two'],
  );
});

test('an agent who is not accepted is told apart from a relay that cannot tell', async () => {
  const nameOf = (status: number) =>
    createSignIn(relay(['x'], status).request, Date.now)
      .register()
      .then(
        () => 'accepted',
        ({ name }: Error) => name,
      );
  assert.is(await nameOf(401), 'Unauthorized');
  assert.is(await nameOf(503), 'Error');
});

test('a registration that failed is tried again by the next call', async () => {
  let isUp = false;
  const { request } = relay(['one']);
  const signIn = createSignIn((...args) => {
    if (!isUp) throw new TypeError('no network');
    return request(...args);
  }, Date.now);
  await signIn.token().then(
    () => assert.unreachable(),
    () => {},
  );
  isUp = true;
  assert.is(await signIn.token(), 'one');
});

test('a credential is shown at each registration, as it is at that time', async () => {
  const { calls, request } = relay(['one', 'two']);
  const credentials = ['Bearer a', 'Bearer b'];
  const signIn = createSignIn(request, Date.now, async () => credentials.shift());
  await signIn.register();
  await signIn.register();
  assert.equal(
    calls.map(({ token }) => token),
    ['Bearer a', 'Bearer b'],
  );
});

test('the token says whether the agent is a supervisor', async () => {
  const signIn = createSignIn(relay([tokenWith({ role: 'supervisor' }), 'no token']).request, Date.now);
  await signIn.register();
  assert.is(signIn.isSupervisor.value, true);
  await signIn.register();
  assert.is(signIn.isSupervisor.value, false);
});

test('the date of the answer tells a clock that is wrong', async () => {
  const signIn = createSignIn(relay(['one']).request, () => Date.parse('2026-11-30T09:01:00.500Z'));
  await signIn.register();
  assert.is(signIn.skewMs(), 60_000);
});

test.run();
