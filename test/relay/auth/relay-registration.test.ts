import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRelay } from '../../../relay/app.ts';
import { createTokens } from '../../../relay/auth/jwt.ts';
import { signingKey } from '../../../relay/auth/signing-key.ts';
import { readRelayConfig } from '../../../relay/config.ts';
import { NO_CREDENTIALS } from '../../../relay/dialogflow/credentials.ts';
import { createRedis } from '../../../shared/redis.ts';
import { GENESYS, startProviderServers, TOKENS, TWILIO } from '../../helpers/provider-servers.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { PROVIDER_ENV } from './provider-setup.ts';

const servers = await startProviderServers();
const config = readRelayConfig({ ...PROVIDER_ENV, AUTH_OPTION: 'GenesysCloud', APP_AUTH_OPTION: 'Twilio' });
const keyRing = () => [signingKey('a key for tests, of more than 32 bytes')] as const;
// Nothing here needs Redis: that there is none is only logged.
const redis = createRedis(config);
const relay = await createRelay({
  config,
  logger: quietLogger,
  redis,
  keyRing,
  credentials: NO_CREDENTIALS,
  providerFetch: servers.fetch,
});
const url = `http://127.0.0.1:${await relay.listen(0, '127.0.0.1')}`;
const tokens = createTokens({ projectId: config.projectId, lifetimeSeconds: 3600, keyRing });

test.after(async () => {
  await relay.close();
  await servers.close();
  redis.disconnect();
});

async function subjectOf(answer: Response): Promise<string> {
  assert.is(answer.status, 200);
  const { token } = (await answer.json()) as { token: string };
  const verdict = tokens.verify(token);
  assert.ok(verdict.valid);
  return verdict.claims.subject;
}

test('a relay lets the agents of its provider register', async () => {
  const headers = { authorization: TOKENS.genesys };
  const answer = await fetch(`${url}/register`, { method: 'POST', headers });
  assert.is(await subjectOf(answer), `genesys:${GENESYS.organization}:${GENESYS.user}`);
});

test('a relay lets the applications of its account register', async () => {
  const answer = await fetch(`${url}/register-app`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountSid: TWILIO.account, authToken: TWILIO.authToken }),
  });
  assert.is(await subjectOf(answer), `twilio-app:${TWILIO.account}`);
});

test('a relay refuses everybody else', async () => {
  const headers = { authorization: `Bearer ${TOKENS.genesysOther}` };
  const answer = await fetch(`${url}/register`, { method: 'POST', headers });
  assert.is(answer.status, 401);
  assert.is(await answer.text(), 'Could not authenticate user');
});

test.run();
