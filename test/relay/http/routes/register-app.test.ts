import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../../relay/http/limits.ts';
import {
  type ApplicationBody,
  type IdentityProvider,
  ProviderUnavailable,
} from '../../../../relay/providers/provider.ts';
import { providerServers, TWILIO } from '../../../helpers/provider-servers.ts';
import { setUp } from '../../providers/provider-setup.ts';
import { buildHttp, ORIGIN } from '../build.ts';

const servers = await providerServers(test);

const JSON_TYPE = { 'content-type': 'application/json' };
const GOOD = { accountSid: TWILIO.account, authToken: TWILIO.authToken };

function build(env: Record<string, string> = { APP_AUTH_OPTION: 'Twilio' }) {
  return buildHttp({ appProvider: setUp(env, servers).appProvider });
}

test('an application with good credentials gets a token like that of /register', async () => {
  const { app, tokens } = await build();
  const payload = { ...GOOD, gcp_agent_assist_user: { a: 1 } };
  const answer = await app.inject({ method: 'POST', url: '/register-app', payload });
  assert.is(answer.statusCode, 200, answer.body);
  assert.equal(Object.keys(answer.json()), ['token']);
  const verdict = tokens.verify(answer.json().token);
  assert.ok(verdict.valid);
  assert.is(verdict.claims.subject, `twilio-app:${TWILIO.account}`);
  assert.is(verdict.claims.user, '{"a":1}');
});

const REFUSED: [name: string, payload: string, env?: Record<string, string>][] = [
  ['a wrong auth token', JSON.stringify({ ...GOOD, authToken: 'wrong' })],
  ['good credentials while APP_AUTH_OPTION is unset', JSON.stringify(GOOD), {}],
  ['null', 'null'],
  ['an empty object', '{}'],
  ['no auth token', JSON.stringify({ accountSid: TWILIO.account })],
  ['a list', JSON.stringify([GOOD])],
  ['a text', '"abc"'],
  ['a number', '5'],
  [
    'credentials in a prototype',
    JSON.stringify({ x: 1 }).replace('"x":1', `"__proto__":${JSON.stringify(GOOD)}`),
  ],
];
for (const [name, payload, env] of REFUSED) {
  test(`${name} is 401 as in the reference`, async () => {
    const { app } = await build(env);
    const headers = { ...JSON_TYPE, origin: ORIGIN };
    const answer = await app.inject({ method: 'POST', url: '/register-app', headers, payload });
    assert.is(answer.statusCode, 401);
    assert.is(answer.body, 'Could not authenticate user');
    assert.match(String(answer.headers['content-type']), /^text\/html/);
    assert.is(answer.headers.authentication, 'valid application level auth required');
    assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
  });
}

const UNREADABLE: [name: string, headers: Record<string, string>, payload: string, status: number][] = [
  ['malformed JSON', JSON_TYPE, '{"accountSid', 400],
  ['another content type', { 'content-type': 'text/plain' }, JSON.stringify(GOOD), 415],
  ['no content type', {}, JSON.stringify(GOOD), 415],
  ['too large a body', JSON_TYPE, `"${'x'.repeat(HTTP_LIMITS.bodyMaxBytes)}"`, 413],
];
for (const [name, headers, payload, status] of UNREADABLE) {
  test(`${name} is a ${status} in JSON`, async () => {
    const { app } = await build();
    const answer = await app.inject({ method: 'POST', url: '/register-app', headers, payload });
    assert.is(answer.statusCode, status);
    assert.type(answer.json().message, 'string');
  });
}

test('a provider that cannot be asked is a 503 in JSON', async () => {
  const appProvider: IdentityProvider<ApplicationBody> = {
    verify: async () => {
      throw new ProviderUnavailable('twilio-account', 'status 500');
    },
  };
  const { app } = await buildHttp({ appProvider });
  const answer = await app.inject({ method: 'POST', url: '/register-app', payload: GOOD });
  assert.is(answer.statusCode, 503);
  assert.equal(answer.json(), { message: 'The identity provider does not answer: try again.' });
});

test('other methods are a 405 that names those there are', async () => {
  const { app } = await build();
  const answer = await app.inject({ method: 'GET', url: '/register-app' });
  assert.is(answer.statusCode, 405);
  assert.is(answer.headers.allow, 'POST, OPTIONS');
});

test.run();
