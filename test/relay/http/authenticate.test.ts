import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireToken } from '../../../relay/http/authenticate.ts';
import { TOKEN_MESSAGES } from '../../../relay/identity/claims.ts';
import { buildHttp, testTokens } from './build.ts';

async function withProtectedRoute() {
  const built = await buildHttp();
  let bodies = 0;
  built.app.post('/protected', { onRequest: requireToken(built) }, async (request) => {
    bodies += 1;
    return request.claims;
  });
  return { ...built, handled: () => bodies };
}

test('a valid token puts its claims on its own request only', async () => {
  const { app, tokens } = await withProtectedRoute();
  const answers = await Promise.all(
    ['a', 'b'].map((user) =>
      app.inject({
        method: 'POST',
        url: '/protected',
        headers: { authorization: tokens.issue(user, user).token },
      }),
    ),
  );
  assert.equal(
    answers.map((answer) => answer.json().subject),
    ['a', 'b'],
  );
});

for (const [authorization, message] of [
  [undefined, TOKEN_MESSAGES.missing],
  ['', TOKEN_MESSAGES.missing],
  ['Bearer', TOKEN_MESSAGES.missing],
  ['nonsense', TOKEN_MESSAGES.unparsable],
] as const) {
  test(`the authorization ${authorization} is refused with "${message}"`, async () => {
    const { app, handled } = await withProtectedRoute();
    const answer = await app.inject({
      method: 'POST',
      url: '/protected',
      // A body that would be refused if it were read first.
      headers: { 'content-type': 'text/plain', ...(authorization === undefined ? {} : { authorization }) },
      payload: 'x'.repeat(100_000),
    });
    assert.is(answer.statusCode, 401);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.equal(answer.json(), { message });
    assert.is(handled(), 0);
  });
}

test('an expired token is told apart from a forged one', async () => {
  const { app } = await withProtectedRoute();
  const authorization = testTokens(() => Date.now() - 3_601_000).issue('a', '').token;
  const answer = await app.inject({ method: 'POST', url: '/protected', headers: { authorization } });
  assert.is(answer.statusCode, 401);
  assert.equal(answer.json(), { message: 'Your token has expired.' });
});

test.run();
