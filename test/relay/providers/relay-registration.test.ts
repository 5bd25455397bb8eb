import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answersOf, envOf, SHAPES, signingPair, tokenOf } from '../../helpers/oidc-issuer.ts';
import { GENESYS, json, providerServers, TOKENS, TWILIO } from '../../helpers/provider-servers.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { PROVIDER_ENV } from './provider-setup.ts';
import '../../helpers/patient-redis.ts';

const servers = await providerServers(test);
const entra = SHAPES.entra;
const OPTIONS = {
  settings: {
    ...PROVIDER_ENV,
    ...envOf(entra),
    AUTH_OPTION: 'GenesysCloud,OIDC',
    APP_AUTH_OPTION: 'Twilio',
  },
  providerDispatcher: servers.dispatcher,
  limits: { providers: { timeoutMs: 30_000 } }, // a busy machine is slow
};
const fixture = relayFixture(test, OPTIONS);

async function subjectOf(answer: Response): Promise<string> {
  assert.is(answer.status, 200);
  const { token } = (await answer.json()) as { token: string };
  const verdict = fixture.relay.tokens.verify(token);
  assert.ok(verdict.valid);
  return verdict.claims.subject;
}

test('a relay lets the agents of its provider register', async () => {
  const headers = { authorization: TOKENS.genesys };
  const answer = await fetch(`${fixture.relay.url}/register`, { method: 'POST', headers });
  assert.is(await subjectOf(answer), `genesys:${GENESYS.organization}:${GENESYS.user}`);
});

test('a relay lets the applications of its account register', async () => {
  const answer = await fetch(`${fixture.relay.url}/register-app`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountSid: TWILIO.account, authToken: TWILIO.authToken }),
  });
  assert.is(await subjectOf(answer), `twilio-app:${TWILIO.account}`);
});

test('an agent in as many groups as a token of Entra holds can register', async () => {
  const pair = await signingPair('key');
  servers.answer = answersOf(entra, () => [pair]);
  // More is a link to the groups. Source: Microsoft identity platform, "Groups overage claim".
  const groups = Array.from({ length: 200 }, () => randomUUID());
  const token = await tokenOf(entra, pair, { groups });
  assert.ok(token.length > 11_000, `${token.length}`);
  const answer = await fetch(`${fixture.relay.url}/register`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'user-agent':
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      origin: 'https://desk.agents.example.com',
      referer: 'https://desk.agents.example.com/',
      'accept-language': 'en-GB,en-US;q=0.9,en;q=0.8,de;q=0.7',
      'sec-ch-ua': '"Chromium";v="140", "Not=A?Brand";v="24", "Google Chrome";v="140"',
      'x-forwarded-for': '203.0.113.195,2001:db8:85a3:8d3:1319:8a2e:370:7348',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-padding': 'x'.repeat(1_000),
    },
  });
  assert.is(await subjectOf(answer), `oidc:${entra.issuer}:${entra.subject}`);
});

test('300 agents who register at once with a slow provider get in', async () => {
  servers.answer = ({ headers }, response) => {
    const user = { id: String(headers.authorization), organization: { id: GENESYS.organization } };
    setTimeout(() => json(response, 200, user), 1_000);
  };
  const { url } = fixture.relay;
  const register = async (agent: number) =>
    (await fetch(`${url}/register`, { method: 'POST', headers: { authorization: `agent-${agent}` } })).status;
  const statuses = await Promise.all(Array.from({ length: 300 }, (_, agent) => register(agent)));
  assert.equal(statuses, Array(300).fill(200));
});

test('a relay refuses everybody else', async () => {
  const headers = { authorization: `Bearer ${TOKENS.genesysOther}` };
  const answer = await fetch(`${fixture.relay.url}/register`, { method: 'POST', headers });
  assert.is(answer.status, 401);
  assert.is(await answer.text(), 'Could not authenticate user');
});

test.run();
