// Service accounts with ID tokens of Google's. Google's certificates come from a local server; the tokens are verified by
// Google's own library.
import { createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { Test } from 'uvu';
import { googleIdTokens } from '../../../relay/service-callers/google-id-tokens.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { RelayOptions, TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

export const CALLER = 'audiohook@my-project.iam.gserviceaccount.com';
export const AUDIENCE = 'https://ui-connector-123456789.us-central1.run.app';
const SETTINGS = {
  SERVICE_CALLERS: `other@my-project.iam.gserviceaccount.com, ${CALLER}`,
  SERVICE_AUDIENCE: AUDIENCE,
};

const google = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** Relays of one file that take ID tokens, and Google's certificates, which are there when a test begins. */
export function serviceCallersFixture(test: Test) {
  const fixture = relayFixture(test, { relays: 0 });
  const certificates = { text: undefined as string | undefined, asked: 0 };
  let certsUrl = '';
  test.before(async () => {
    const server = createServer((_request, response) => {
      certificates.asked++;
      response.writeHead(certificates.text === undefined ? 500 : 200, {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600',
      });
      response.end(certificates.text);
    });
    certsUrl = `http://127.0.0.1:${await fixture.listen(server)}/certs`;
  });
  test.before.each(() => {
    certificates.text = JSON.stringify({
      'key-1': google.publicKey.export({ type: 'spki', format: 'pem' }),
    });
    certificates.asked = 0;
  });
  const startRelay = ({ settings, ...options }: RelayOptions = {}) =>
    fixture.startRelay({
      settings: { ...SETTINGS, ...settings },
      verifyIdToken: googleIdTokens(
        { timeoutMs: 2_000 },
        { endpoints: { oauth2FederatedSignonPemCertsUrl: certsUrl } },
      ),
      ...options,
    });
  return { fixture, certificates, startRelay };
}

export const seconds = () => Math.floor(Date.now() / 1000);

/** An ID token as Google's metadata server makes it with `format=full`. */
export function idToken(
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

/** Stores a name under a key. */
export function store(
  relay: TestRelay,
  token: string,
  name: string = uniqueConversation(),
  key = '+15550100',
) {
  return fetch(`${relay.url}/conversation-name`, {
    method: 'POST',
    headers: { authorization: token, 'content-type': 'application/json' },
    body: JSON.stringify({ conversationIntegrationKey: key, conversationName: name }),
  });
}
