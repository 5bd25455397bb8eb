import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AccessTokens } from '../../shared/redis-access-tokens.ts';
import { RedisIamError } from '../../shared/redis-iam-error.ts';
import { Fixture } from '../helpers/fixture.ts';
import { TokenIssuer } from '../helpers/token-issuer.ts';
import { until } from '../helpers/until.ts';

const MINUTE = 60_000;
const fixture = new Fixture(test);

/** Tokens by a clock that the test moves. */
async function start() {
  const issuer = await new TokenIssuer(() => []).listen(fixture);
  const clock = { now: 1_800_000_000_000 };
  const tokens = new AccessTokens({ metadataHost: issuer.host, now: () => clock.now });
  return { issuer, clock, tokens };
}

async function faultOf(tokens: AccessTokens): Promise<RedisIamError> {
  const error = await tokens.current().catch((reason: unknown) => reason);
  assert.instance(error, RedisIamError);
  return error as RedisIamError;
}

test('callers at the same time share one request, later ones its token', async () => {
  const { issuer, clock, tokens } = await start();
  const all = await Promise.all([tokens.current(), tokens.current(), tokens.current()]);
  clock.now += 55 * MINUTE;
  all.push(await tokens.current());
  assert.equal(new Set(all), new Set(issuer.given));
  assert.is(issuer.given.length, 1);
});

test('a token is replaced four minutes before it expires, without a wait', async () => {
  const { issuer, clock, tokens } = await start();
  const first = await tokens.current();
  clock.now += 57 * MINUTE;
  assert.is(await tokens.current(), first);
  await until(async () => (await tokens.current()) !== first);
  assert.is(issuer.given.length, 2);
});

test('without a metadata server the last token serves until it expires', async () => {
  const { issuer, clock, tokens } = await start();
  const first = await tokens.current();
  issuer.mode = 'closes';
  clock.now += 59 * MINUTE;
  assert.is(await tokens.current(), first);
  clock.now += MINUTE;
  const { fault, message } = await faultOf(tokens);
  assert.equal([fault, message], ['no-token', 'the metadata server does not answer']);
  issuer.mode = 'tokens';
  assert.is(await tokens.current(), issuer.given.at(-1));
});

test('a token that Redis refused is not given out again', async () => {
  const { tokens } = await start();
  const first = await tokens.current();
  tokens.refuse(first);
  const second = await tokens.current();
  assert.is.not(second, first);
  tokens.refuse(first);
  assert.is(await tokens.current(), second);
});

for (const [what, body, status, message] of [
  ['404', 'no service account', 404, 'the metadata server answers 404'],
  ['no JSON', 'ya29.secret', 200, 'the answer of the metadata server holds no token'],
  ['a token with a line break', '{"access_token":"a\\r\\nb","expires_in":9}', 200, 'holds no token'],
  ['no lifetime', '{"access_token":"ya29.secret"}', 200, 'holds no token'],
] as const) {
  test(`an answer with ${what} is an error without the answer's text`, async () => {
    const { issuer, tokens } = await start();
    issuer.mode = { status, body };
    const error = await faultOf(tokens);
    assert.match(error.message, message);
    assert.not.match(error.message, 'ya29');
  });
}

test.run();
