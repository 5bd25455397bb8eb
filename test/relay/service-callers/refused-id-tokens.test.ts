// ID tokens of Google's that no service account is let in with.
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AUDIENCE,
  CALLER,
  idToken,
  seconds,
  serviceCallersFixture,
  store,
} from './service-callers-fixture.ts';

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });
const { startRelay } = serviceCallersFixture(test);

const TAMPERED = idToken().replace(/\.[^.]+\./, (part) => `${part.slice(0, -5)}AAAA.`);
const REFUSED: Record<string, [token: () => string, reason: RegExp]> = {
  'another service account': [
    () => idToken({ email: 'stranger@my-project.iam.gserviceaccount.com' }),
    /SERVICE_CALLERS does not list/,
  ],
  'an address that begins like a listed one': [
    () => idToken({ email: `${CALLER}.evil.example` }),
    /does not list/,
  ],
  'a person': [() => idToken({ email: 'audiohook@gmail.com' }), /does not list/],
  'no address': [
    () => idToken({ email: undefined, email_verified: undefined }),
    /no verified e-mail address/,
  ],
  'an address that is not verified': [() => idToken({ email_verified: false }), /no verified e-mail address/],
  'an address verified by a text': [() => idToken({ email_verified: 'true' }), /no verified e-mail address/],
  'another audience': [() => idToken({ aud: 'https://other.run.app' }), /audience is not SERVICE_AUDIENCE/],
  'an audience below it': [() => idToken({ aud: `${AUDIENCE}/conversation-name` }), /audience/],
  'a list of audiences': [() => idToken({ aud: [AUDIENCE] }), /audience/],
  'no audience': [() => idToken({ aud: undefined }), /audience/],
  'an expired token': [() => idToken({ iat: seconds() - 7200, exp: seconds() - 3600 }), /has expired/],
  'a token of the future': [() => idToken({ iat: seconds() + 3600, exp: seconds() + 7200 }), /not valid yet/],
  'a token without an expiry': [() => idToken({ exp: undefined }), /malformed/],
  'a token of ten years': [() => idToken({ exp: seconds() + 10 * 365 * 86_400 }), /valid for too long/],
  'a key of somebody else': [() => idToken({}, { key: stranger.privateKey }), /signature is wrong/],
  'an unknown key': [() => idToken({}, { kid: 'key-2' }), /unknown key/],
  'the key __proto__': [() => idToken({}, { kid: '__proto__' }), /unknown key/],
  'no signature': [() => idToken().replace(/\.[^.]*$/, '.'), /signature is wrong/],
  'the algorithm none': [
    () => idToken({}, { alg: 'none' }).replace(/\.[^.]*$/, '.'),
    /signature is wrong|malformed/,
  ],
  'a signature that Cloud Run has removed': [
    () => idToken().replace(/[^.]*$/, 'SIGNATURE_REMOVED_BY_GOOGLE'),
    /RELAY_INVOCATION=no-invoker-iam-check/,
  ],
};
for (const [what, [token, reason]] of Object.entries(REFUSED)) {
  test(`${what} is 401 with a reason in the log`, async () => {
    const relay = await startRelay();
    const given = token();
    const answer = await store(relay, given);
    assert.equal([answer.status, await answer.json()], [401, { message: 'Failed to parse your token.' }]);
    const refused = relay
      .log()
      .split('\n')
      .filter((line) => line.includes('"message":"refused"'))
      .map((line) => JSON.parse(line));
    assert.equal(
      refused.map((line) => [line.reason, line.refused, line.route, line.status]),
      [['service-token', 'request', '/conversation-name', 401]],
    );
    assert.match(refused[0]?.outcome, reason);
    for (const part of given.split('.').filter((text) => text.length > 60))
      assert.not.match(relay.log(), part);
    assert.not.match(relay.log(), /evil|stranger@|gmail/);
  });
}

test('a token whose content was changed is refused', async () => {
  assert.is((await store(await startRelay(), TAMPERED)).status, 401);
});

test.run();
