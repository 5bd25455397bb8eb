import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startWarnings, type WarnedOf } from '../../relay/start-warnings.ts';

const SAFE: WarnedOf = {
  allowedOrigins: ['https://desk.example.com'],
  authOptions: ['GenesysCloud'],
  authorizerOnFailure: 'deny',
  authorizerUrl: 'https://acd.example.com/authorize',
  cloudRunService: 'relay',
  genesysAnyOrganization: undefined,
  oidcConversationsClaim: undefined,
  redisAuth: 'secret-of-redis',
  redisAuthMode: 'password',
  redisTlsCa: 'secret-certificate',
  redisSecurity: 'tls-auth',
};

test('a relay that is set up well has nothing to warn of', () => {
  assert.equal(startWarnings(SAFE), []);
  assert.equal(
    startWarnings({ ...SAFE, redisSecurity: 'plain' }),
    [],
    'what is set is used, demanded or not',
  );
  assert.equal(
    startWarnings({ ...SAFE, redisSecurity: 'plain', redisAuth: undefined, redisAuthMode: 'iam' }),
    [],
  );
  assert.equal(startWarnings({ ...SAFE, authOptions: [] }), []);
});

const WARNED: [name: string, change: Partial<WarnedOf>, warning: RegExp][] = [
  [
    'any origin',
    { allowedOrigins: undefined },
    /^CORS_ALLOWED_ORIGINS is not set: pages of any origin .* Set it to the origins/,
  ],
  [
    'Skip on Cloud Run',
    { authOptions: ['Skip'] },
    /^AUTH_OPTION is Skip: the whole internet \(AUTH_SKIP_ON_CLOUD_RUN\) may read every conversation\. Set it to/,
  ],
  [
    'Skip elsewhere',
    { authOptions: ['Skip'], cloudRunService: undefined },
    /^AUTH_OPTION is Skip: everyone who can reach the relay may read every conversation\. Set it to/,
  ],
  [
    'Genesys users of any organization',
    { genesysAnyOrganization: true },
    /^GENESYS_CLOUD_ANY_ORGANIZATION is set: users of every Genesys customer .* Set GENESYS_CLOUD_ORGANIZATION_ID/,
  ],
  [
    'the shared secret of Five9',
    { authOptions: ['Five9'] },
    /^AUTH_OPTION is Five9: anyone who knows the trust token may read every conversation, and it is not known who they are/,
  ],
  [
    'no authorizer',
    { authorizerUrl: undefined },
    /^AUTHORIZER_URL is not set: every agent may see every conversation of the project\. See docs\/access\.md/,
  ],
  [
    'no authorizer, and lists in the tokens of one of two providers',
    { authorizerUrl: undefined, authOptions: ['OIDC', 'GenesysCloud'], oidcConversationsClaim: 'calls' },
    /^AUTHORIZER_URL is not set/,
  ],
  [
    'an authorizer that may fail',
    { authorizerOnFailure: 'allow' },
    /^AUTHORIZER_ON_FAILURE is allow: while the authorizer does not answer, every agent may see every/,
  ],
  [
    'a Redis without TLS and without a password',
    { redisSecurity: 'plain', redisAuth: undefined, redisTlsCa: undefined },
    /^REDIS_SECURITY is plain: anybody who reaches Redis, or listens in .* read .* and write .* Set it to tls-auth/,
  ],
  [
    'a Redis without a password',
    { redisSecurity: 'plain', redisAuth: undefined },
    /^REDIS_SECURITY is plain: without REDIS_AUTH, anybody who reaches Redis can read .* and write .* Set it to tls-auth/,
  ],
  [
    'a Redis without TLS',
    { redisSecurity: 'plain', redisTlsCa: undefined },
    /^REDIS_SECURITY is plain: without REDIS_TLS_CA, anybody who listens in .* read .* Set it to tls-auth/,
  ],
];

for (const [name, change, warning] of WARNED) {
  test(`${name}: one line`, () => {
    const [line = '', ...others] = startWarnings({ ...SAFE, ...change });
    assert.match(line, warning);
    assert.not.match(line, /secret-|\n/);
    assert.equal(others, []);
  });
}

test('a waiver for a provider that is not used is not worth a line', () => {
  assert.equal(startWarnings({ ...SAFE, authOptions: ['Twilio'], genesysAnyOrganization: true }), []);
});

test('lists in all tokens are as good as an authorizer', () => {
  const lists = { authorizerUrl: undefined, authOptions: ['OIDC' as const], oidcConversationsClaim: 'calls' };
  assert.equal(startWarnings({ ...SAFE, ...lists }), []);
});

test('everything that is exposed is said at once', () => {
  const worst = startWarnings({
    allowedOrigins: undefined,
    authOptions: ['Skip'],
    authorizerOnFailure: 'allow',
    authorizerUrl: undefined,
    cloudRunService: 'relay',
    genesysAnyOrganization: undefined,
    oidcConversationsClaim: undefined,
    redisAuth: undefined,
    redisAuthMode: 'password',
    redisTlsCa: undefined,
    redisSecurity: 'plain',
  });
  assert.equal(
    worst.map((line) => line.split(' ')[0]),
    ['CORS_ALLOWED_ORIGINS', 'AUTH_OPTION', 'REDIS_SECURITY'],
  );
});

test.run();
