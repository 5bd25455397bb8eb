import { decodeJwt } from 'jose';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../../relay/config.ts';
import { createProviders } from '../../../../relay/providers/providers.ts';
import { createLogger } from '../../../../shared/log.ts';
import { answersOf, envOf, SHAPES, signingPair, tokenOf } from '../../../helpers/oidc-issuer.ts';
import { json, providerServers } from '../../../helpers/provider-servers.ts';
import { buildHttp } from '../../http/build.ts';
import { limitsWithin } from '../provider-setup.ts';

const shape = SHAPES.auth0;
const pair = await signingPair('key');
const servers = await providerServers(test);

/** `POST /register` of a relay whose provider answers so, and what has been logged. */
async function register(answer: typeof servers.answer, token: string, timeoutMs = 5_000) {
  servers.answer = answer;
  const lines: string[] = [];
  const log = createLogger('relay', 'debug', { write: (line) => lines.push(line) });
  const env = envOf(shape, { OIDC_ROLE_CLAIM: 'https://example.com/roles', GCP_PROJECT_ID: 'demo-project' });
  const providers = createProviders(readRelayConfig(env), {
    dispatcher: servers.dispatcher,
    logger: log,
    limits: limitsWithin(timeoutMs),
  });
  const { app } = await buildHttp({ log, providers });
  const { statusCode, body } = await app.inject({
    method: 'POST',
    url: '/register',
    headers: { authorization: `Bearer ${token}` },
    payload: { gcp_agent_assist_user: 'boss', role: 'agent' },
  });
  for (const part of token.split('.')) assert.not.ok(lines.join().includes(part), 'the token is in the log');
  return { status: statusCode, body };
}

const good = await tokenOf(shape, pair);
const answers = answersOf(shape, () => [pair]);

test('a user gets a token with the identity and the role that the provider gives', async () => {
  const { status, body } = await register(answers, good);
  assert.is(status, 200);
  const claims = decodeJwt(JSON.parse(body).token);
  assert.is(claims.sub, `oidc:${shape.issuer}:${shape.subject}`);
  assert.is(claims.role, 'supervisor');
});

test('a bad token is answered with 401', async () => {
  const bad = [
    await tokenOf(shape, pair, { aud: 'https://example.eu.auth0.com/userinfo' }),
    await tokenOf(shape, pair, { exp: 1 }),
    await tokenOf(shape, pair, { 'https://example.com/roles': ['reader'] }),
    `${good.slice(0, -4)}AAAA`,
  ];
  for (const token of bad) {
    const { status, body } = await register(answers, token);
    assert.is(status, 401);
    assert.is(body, 'Could not authenticate user');
  }
});

const FAILURES: [what: string, answer: typeof servers.answer][] = [
  ['is down', (_request, response) => response.destroy()],
  ['has trouble', (_request, response) => json(response, 500, {})],
  ['never answers', () => {}],
  [
    'is another than the one that is configured',
    (_request, response) => json(response, 200, { issuer: 'x' }),
  ],
];
for (const [what, answer] of FAILURES) {
  test(`while the provider ${what} the answer is 503`, async () => {
    assert.is((await register(answer, good, 200)).status, 503);
  });
}

test.run();
