import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../../relay/http/limits.ts';
import { ProviderUnavailable } from '../../../../relay/providers/provider.ts';
import { chooseAmong } from '../../../../relay/providers/provider-choice.ts';
import { buildHttp, ORIGIN } from '../build.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

const REGISTRATIONS: [name: string, headers: Record<string, string>, payload: string, user: string][] = [
  ['no body and no content type', {}, '', ''],
  ['a JSON content type and no body', JSON_TYPE, '', ''],
  [
    'a JSON content type, a Bearer credential and no body',
    { ...JSON_TYPE, authorization: 'Bearer x' },
    '',
    '',
  ],
  ['a content length of 0', { 'content-length': '0' }, '', ''],
  ['an empty object', JSON_TYPE, '{}', ''],
  ['an object without the field', JSON_TYPE, '{"other":1}', ''],
  ['a user', JSON_TYPE, '{"gcp_agent_assist_user":"maria"}', 'maria'],
  [
    'a user in JSON of another content type',
    { 'content-type': 'text/plain' },
    '{"gcp_agent_assist_user":"maria"}',
    'maria',
  ],
  ['a user in JSON without a content type', {}, '{"gcp_agent_assist_user":"maria"}', 'maria'],
  [
    'a user in JSON of a vendor type',
    { 'content-type': 'application/vnd.x+json; charset=utf-8' },
    '{"gcp_agent_assist_user":"maria"}',
    'maria',
  ],
  ['a malformed content type', { 'content-type': 'json' }, '{"gcp_agent_assist_user":"maria"}', 'maria'],
  ['an empty content type', { 'content-type': '' }, '', ''],
  ['a user that is null', JSON_TYPE, '{"gcp_agent_assist_user":null}', ''],
  ['a user that is an object', JSON_TYPE, '{"gcp_agent_assist_user":{"a":[1]}}', '{"a":[1]}'],
  ['malformed JSON', JSON_TYPE, '{"gcp_agent', ''],
  ['a list', JSON_TYPE, '[1]', ''],
  ['a text', JSON_TYPE, '"abc"', ''],
  ['a number', JSON_TYPE, '5', ''],
  ['null', JSON_TYPE, 'null', ''],
  ['a prototype', JSON_TYPE, '{"__proto__":{"gcp_agent_assist_user":"maria"}}', ''],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=b', ''],
  ['bytes that are no text', { 'content-type': 'application/octet-stream' }, '\u0000\uffff', ''],
  ['as much as is allowed', { 'content-type': 'text/plain' }, 'x'.repeat(HTTP_LIMITS.bodyMaxBytes), ''],
];

for (const [name, headers, payload, user] of REGISTRATIONS) {
  test(`${name} gives a token of "${user}"`, async () => {
    const { app, tokens } = await buildHttp();
    const answer = await app.inject({ method: 'POST', url: '/register', headers, payload });
    assert.is(answer.statusCode, 200, answer.body);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    const body = answer.json();
    assert.equal(Object.keys(body), ['token']);
    const verdict = tokens.verify(body.token);
    assert.ok(verdict.valid);
    assert.is(verdict.claims.user, user);
    assert.is(verdict.claims.subject, 'skip:anonymous');
  });
}

test('a desktop that looks into its token finds a numeric time of expiry', async () => {
  const { app } = await buildHttp();
  const { token } = (await app.inject({ method: 'POST', url: '/register' })).json();
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
  assert.ok(typeof payload === 'object' && payload !== null && 'exp' in payload);
  assert.type(payload.exp, 'number');
  assert.equal(payload, jwt.decode(token));
});

for (const headers of [
  {},
  { authorization: '' },
  { authorization: 'Bearer x' },
  { authorization: 'x'.repeat(5000) },
]) {
  test(`nobody registers without AUTH_OPTION (${JSON.stringify(headers).slice(0, 30)})`, async () => {
    const { app } = await buildHttp({ providers: chooseAmong([]) });
    const answer = await app.inject({
      method: 'POST',
      url: '/register',
      headers: { ...headers, origin: ORIGIN },
    });
    assert.is(answer.statusCode, 401);
    assert.is(answer.body, 'Could not authenticate user');
    assert.is(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.is(answer.headers.authentication, 'valid token required');
    assert.is(answer.headers['www-authenticate'], undefined);
    assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
  });
}

test('the provider gets the header as it came, and its subject is in the token', async () => {
  const seen: string[] = [];
  const { app, tokens } = await buildHttp({
    providers: {
      verify: async (authorization) => {
        seen.push(authorization);
        return { subject: 'test:maria' };
      },
    },
  });
  for (const headers of [{}, { authorization: '123' }, { authorization: 'bEARER x y' }]) {
    const { token } = (await app.inject({ method: 'POST', url: '/register', headers })).json();
    const verdict = tokens.verify(token);
    assert.is(verdict.valid && verdict.claims.subject, 'test:maria');
  }
  assert.equal(seen, ['', '123', 'bEARER x y']);
});

test('a body over the limit is a 413, and the provider is not asked', async () => {
  let asked = 0;
  const verify = async () => {
    asked += 1;
    return undefined;
  };
  const { app } = await buildHttp({ providers: { verify } });
  const payload = 'x'.repeat(HTTP_LIMITS.bodyMaxBytes + 1);
  const answer = await app.inject({ method: 'POST', url: '/register', payload });
  assert.is(answer.statusCode, 413);
  assert.equal(answer.json(), { message: 'The request body is too large.' });
  assert.is(asked, 0);
});

test('the provider is given the name that the query has, and nothing else of it', async () => {
  const seen: unknown[] = [];
  const verify = async (_authorization: string, named: unknown) => {
    seen.push(named);
    return undefined;
  };
  const { app } = await buildHttp({ providers: { verify } });
  for (const query of [
    '',
    '?provider=',
    '?provider=Twilio',
    '?provider=a&provider=b',
    '?Provider=x&token=y',
  ]) {
    assert.is((await app.inject({ method: 'POST', url: `/register${query}` })).statusCode, 401);
  }
  assert.equal(seen, [undefined, '', 'Twilio', ['a', 'b'], undefined]);
});

test('a provider that does not answer is 503 in JSON for pages of other origins', async () => {
  const verify = async () => {
    throw new ProviderUnavailable('salesforce', 'no answer in time');
  };
  const { app, lines } = await buildHttp({ providers: { verify } });
  const headers = { authorization: 'SECRET', origin: ORIGIN };
  const answer = await app.inject({ method: 'POST', url: '/register', headers });
  assert.is(answer.statusCode, 503);
  assert.equal(answer.json(), { message: 'The identity provider does not answer: try again.' });
  assert.is(answer.headers['access-control-allow-origin'], ORIGIN);
  assert.match(lines.join(), 'salesforce: no answer in time');
  assert.not.match(lines.join(), 'SECRET');
});

test('what the caller says of itself never becomes its identity', async () => {
  const { app, tokens } = await buildHttp({ providers: { verify: async () => ({ subject: 'test:maria' }) } });
  const payload = '{"gcp_agent_assist_user":"test:admin","sub":"test:admin"}';
  const { token } = (await app.inject({ method: 'POST', url: '/register', payload })).json();
  const verdict = tokens.verify(token);
  assert.ok(verdict.valid);
  assert.is(verdict.claims.subject, 'test:maria');
  assert.is(verdict.claims.user, 'test:admin');
});

test('too many conversations for a token are 500, and the log has the remedy', async () => {
  const conversations = Array.from(
    { length: 200 },
    (_, index) => `projects/demo-project/conversations/${index}`,
  );
  const { app, lines } = await buildHttp({
    providers: { verify: async () => ({ subject: 'own:ann', conversations }) },
  });
  const answer = await app.inject({ method: 'POST', url: '/register' });
  assert.is(answer.statusCode, 500);
  assert.match(lines.join(), 'let it give fewer, or none and set AUTHORIZER_URL');
});

test('a provider that fails is a 500 that tells nothing', async () => {
  const verify = async () => {
    throw new Error('token SECRET is odd');
  };
  const { app } = await buildHttp({ providers: { verify } });
  const answer = await app.inject({ method: 'POST', url: '/register', headers: { authorization: 'SECRET' } });
  assert.is(answer.statusCode, 500);
  assert.equal(answer.json(), { message: 'Internal error.' });
});

test.run();
