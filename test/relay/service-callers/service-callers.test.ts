// What service accounts may do with an ID token of Google's.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { AuthorizerServer } from '../access/authorizer-server.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import { AUDIENCE, CALLER, idToken, serviceCallersFixture, store } from './service-callers-fixture.ts';

const { fixture, certificates, startRelay } = serviceCallersFixture(test);

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
  assert.is(certificates.asked, 1, 'the certificates are kept');
});

test('the audience is taken with a slash at its end and without', async () => {
  const relay = await startRelay();
  assert.is((await store(relay, idToken({ aud: `${AUDIENCE}/` }))).status, 200);
  const other = await startRelay({ settings: { SERVICE_AUDIENCE: `${AUDIENCE}/` } });
  assert.is((await store(other, idToken())).status, 200);
  assert.is((await store(other, idToken({ iss: 'accounts.google.com' }))).status, 200);
});

test('another issuer goes the way of every other token', async () => {
  const relay = await startRelay();
  const answer = await store(relay, idToken({ iss: 'https://accounts.google.com.evil.example' }));
  assert.is(answer.status, 401);
  assert.is(certificates.asked, 0);
});

test('while Google’s certificates cannot be had the answer is 503', async () => {
  certificates.text = undefined;
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
  assert.is(certificates.asked, 0);
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
