// What service accounts may do with an ID token of Google's. Google's certificates come from a local server; the tokens
// are verified by Google's own library.
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { googleIdTokens } from '../../../relay/service-callers/google-id-tokens.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import type { RelayOptions, TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { AuthorizerServer } from '../access/authorizer-server.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';

const CALLER = 'audiohook@my-project.iam.gserviceaccount.com';
const AUDIENCE = 'https://ui-connector-123456789.us-central1.run.app';
const SETTINGS = {
  SERVICE_CALLERS: `other@my-project.iam.gserviceaccount.com, ${CALLER}`,
  SERVICE_AUDIENCE: AUDIENCE,
};

const google = generateKeyPairSync('rsa', { modulusLength: 2048 });
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 });

const fixture = relayFixture(test, { relays: 0 });
let certificates: string | undefined;
let certificatesAsked = 0;
let certsUrl = '';
test.before(async () => {
  const server = createServer((_request, response) => {
    certificatesAsked++;
    response.writeHead(certificates === undefined ? 500 : 200, {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=3600',
    });
    response.end(certificates);
  });
  certsUrl = `http://127.0.0.1:${await fixture.listen(server)}/certs`;
});
test.before.each(() => {
  certificates = JSON.stringify({ 'key-1': google.publicKey.export({ type: 'spki', format: 'pem' }) });
  certificatesAsked = 0;
});

const seconds = () => Math.floor(Date.now() / 1000);

/** An ID token as Google's metadata server makes it with `format=full`. */
function idToken(
  claims: Record<string, unknown> = {},
  {
    key = google.privateKey,
    kid = 'key-1',
    alg = 'RS256',
  }: { key?: KeyObject; kid?: string; alg?: string } = {},
): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const payload = {
    aud: AUDIENCE,
    azp: '104029292853099978293',
    email: CALLER,
    email_verified: true,
    exp: seconds() + 3600,
    iat: seconds(),
    iss: 'https://accounts.google.com',
    sub: '104029292853099978293',
    ...claims,
  };
  const signed = `${part({ alg, kid, typ: 'JWT' })}.${part(payload)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key).toString('base64url')}`;
}

const startRelay = ({ settings, ...options }: RelayOptions = {}) =>
  fixture.startRelay({
    settings: { ...SETTINGS, ...settings },
    verifyIdToken: googleIdTokens(
      { timeoutMs: 2_000 },
      { endpoints: { oauth2FederatedSignonPemCertsUrl: certsUrl } },
    ),
    ...options,
  });

/** Stores a name under a key. */
function store(relay: TestRelay, token: string, name: string = uniqueConversation(), key = '+15550100') {
  return fetch(`${relay.url}/conversation-name`, {
    method: 'POST',
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({ conversationIntegrationKey: key, conversationName: name }),
  });
}

test('a listed service account stores, looks up and removes a conversation name', async () => {
  const relay = await startRelay();
  const name = uniqueConversation();
  const authorization = `Bearer ${idToken()}`;
  const stored = await store(relay, authorization, name);
  assert.equal([stored.status, await stored.json()], [200, { '+15550100': name }]);
  const url = `${relay.url}/conversation-name?conversationIntegrationKey=%2B15550100`;
  const found = await fetch(url, { headers: { authorization } });
  assert.equal(await found.json(), { conversationName: name });
  const desktop = await fetch(url, { headers: { authorization: relay.token } });
  assert.equal(await desktop.json(), { conversationName: name }, 'and agents use their tokens as before');
  const removed = await fetch(url, { method: 'DELETE', headers: { authorization } });
  assert.is(removed.status, 200);
  assert.is(certificatesAsked, 1, 'the certificates are kept');
});

test('the audience is taken with a slash at its end and without', async () => {
  const relay = await startRelay();
  assert.is((await store(relay, idToken({ aud: `${AUDIENCE}/` }))).status, 200);
  const other = await startRelay({ settings: { SERVICE_AUDIENCE: `${AUDIENCE}/` } });
  assert.is((await store(other, idToken())).status, 200);
  assert.is((await store(other, idToken({ iss: 'accounts.google.com' }))).status, 200);
});

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
  test(`${what} is refused with 401, and the log says why without the token`, async () => {
    const relay = await startRelay();
    const given = token();
    const answer = await store(relay, given);
    assert.equal([answer.status, await answer.json()], [401, { message: 'Failed to parse your token.' }]);
    assert.match(relay.log(), reason);
    for (const part of given.split('.').filter((text) => text.length > 60))
      assert.not.match(relay.log(), part);
    assert.not.match(relay.log(), /evil|stranger@|gmail/);
  });
}

test('a token whose content was changed is refused', async () => {
  assert.is((await store(await startRelay(), TAMPERED)).status, 401);
});

test('another issuer goes the way of every other token', async () => {
  const relay = await startRelay();
  const answer = await store(relay, idToken({ iss: 'https://accounts.google.com.evil.example' }));
  assert.is(answer.status, 401);
  assert.is(certificatesAsked, 0);
});

test('while Google’s certificates cannot be had the answer is 503', async () => {
  certificates = undefined;
  const relay = await startRelay();
  assert.is((await store(relay, idToken())).status, 503);
});

test('a service account may do nothing else', async () => {
  const relay = await startRelay({ adminToken });
  const authorization = `Bearer ${idToken()}`;
  const conversation = `/v2beta1/projects/${TEST_PROJECT}/locations/global/conversations/c`;
  for (const [method, path] of [
    ['GET', conversation],
    ['POST', `${conversation}:complete`],
    ['POST', `/v2/projects/${TEST_PROJECT}/locations/global/suggestions:searchKnowledge`],
    ['POST', '/admin/revoke'],
    ['POST', '/admin/erase'],
  ] as const) {
    const answer = await fetch(`${relay.url}${path}`, { method, headers: { authorization } });
    assert.is(answer.status, 401, `${method} ${path}`);
  }
  const desktop = fixture.openDesktop({ relay, token: idToken() });
  const refusal = await desktop.connected().catch((error: Error) => error.message);
  assert.is(refusal, 'authentication failed');
  const native = fixture.openNativeDesktop({ relay, mayFail: true });
  await native.opened();
  native.send({ type: 'auth', token: idToken() });
  await native.closed;
  assert.is(native.of('ready').length, 0);
});

test('the authorizer, locations and revocations apply to a service account, too', async () => {
  const authorizer = fixture.keep(await new AuthorizerServer().start());
  const relay = await startRelay({
    adminToken,
    settings: { AUTHORIZER_URL: authorizer.url, ALLOWED_LOCATIONS: 'us-central1' },
  });
  const name = `projects/${TEST_PROJECT}/locations/us-central1/conversations/c`;
  assert.is((await store(relay, idToken(), name)).status, 200);
  assert.equal(authorizer.last.agent, { sub: `service:${CALLER}`, provider: 'service' });
  assert.is((await store(relay, idToken(), name.replace('us-central1', 'global'))).status, 403);
  const revoked = await asAdmin(relay, 'revoke', { sub: `service:${CALLER}`, blockSeconds: 60 });
  assert.is(revoked.status, 200);
  const answer = await store(relay, idToken(), name);
  assert.equal([answer.status, await answer.json()], [401, { message: 'Your token was revoked.' }]);
});

test('without SERVICE_CALLERS an ID token is refused, and nobody is asked', async () => {
  const relay = await startRelay({ settings: { SERVICE_CALLERS: '' } });
  assert.is((await store(relay, idToken())).status, 401);
  assert.is(certificatesAsked, 0);
});

test('a revoked token is refused in each spelling of its signature', async () => {
  const email = 'revoked@my-project.iam.gserviceaccount.com';
  const lines: string[] = [];
  const onLog = (line: string) => lines.push(line);
  const settings = { SERVICE_CALLERS: email, ALLOWED_LOCATIONS: 'us-central1' };
  const relay = await startRelay({ adminToken, onLog, settings });
  const token = idToken({ email });
  const name = `projects/${TEST_PROJECT}/locations/global/conversations/c`;
  assert.is((await store(relay, token, name)).status, 403, 'which is audited with the id');
  const { jti } = lines.map((line) => JSON.parse(line)).find(({ sub }) => sub === `service:${email}`);
  assert.is((await asAdmin(relay, 'revoke', { jti })).status, 200);
  for (const spelling of [token, `${token}=`, `${token}!`, flipLastBit(token)])
    assert.is((await store(relay, spelling)).status, 401, spelling.slice(-4));
});

test('a service account may store more than an agent, at the rate of an agent', async () => {
  const email = 'busy@my-project.iam.gserviceaccount.com';
  const relay = await startRelay({
    limits: { rateLimits: { keysStoredPerDay: 2, keyWritesPerMinute: 4 } },
    settings: { SERVICE_CALLERS: email },
  });
  const statuses = [];
  for (let count = 0; count < 5; count++) statuses.push((await store(relay, idToken({ email }))).status);
  assert.equal(statuses, [200, 200, 200, 200, 429]);
});

/** Another text of the same signature: its last character has two bits that stand for nothing. */
function flipLastBit(token: string): string {
  const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return token.slice(0, -1) + ALPHABET[ALPHABET.indexOf(token.at(-1) ?? '') ^ 1];
}

test.run();
