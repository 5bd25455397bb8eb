import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { historySettings, integer, readConfig, setting, sharedSettings, text } from '../../shared/config.ts';
import { ConfigError } from '../../shared/errors.ts';
import { CA_PEM } from '../helpers/certificate.ts';

const TABLE = {
  name: setting('NAME', { schema: text, remedy: 'set it to a name' }),
  count: setting('COUNT', { schema: integer(1, 10), fallback: 3, remedy: 'set it to a number from 1 to 10' }),
  note: setting<string | undefined>('NOTE', { schema: text, fallback: undefined, remedy: 'set it or not' }),
};

function errorOf(read: () => unknown): ConfigError {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('values are parsed, and absent ones fall back', () => {
  assert.equal({ ...readConfig(TABLE, { NAME: 'a', COUNT: '7' }) }, { name: 'a', count: 7, note: undefined });
  assert.equal({ ...readConfig(TABLE, { NAME: 'a' }) }, { name: 'a', count: 3, note: undefined });
});

test('a variable set to the empty string counts as unset', () => {
  assert.is(readConfig(TABLE, { NAME: 'a', COUNT: '' }).count, 3);
  assert.equal(errorOf(() => readConfig(TABLE, { NAME: '' })).faults, ['NAME is not set: set it to a name']);
});

test('every fault is reported at once with its remedy, and no value is shown', () => {
  const error = errorOf(() => readConfig(TABLE, { COUNT: 'hunter2' }));
  assert.equal(error.faults, [
    'NAME is not set: set it to a name',
    'COUNT is not valid: set it to a number from 1 to 10',
  ]);
  for (const fault of error.faults) assert.match(error.message, fault);
  assert.not.match(error.message, 'hunter2');
});

test('the configuration is frozen', () => {
  const config: { name: string } = readConfig(TABLE, { NAME: 'a' });
  assert.throws(() => {
    config.name = 'b';
  }, TypeError);
});

test('variables that nobody declared, and properties of Object, change nothing', () => {
  const config = readConfig(TABLE, { NAME: 'a', OTHER: 'x', __proto__: 'y' });
  assert.equal(Object.keys(config), ['name', 'count', 'note']);
});

test('a fallback of another type than the schema does not compile', () => {
  // @ts-expect-error: the schema gives a number
  setting('X', { schema: integer(0, 1), fallback: 'one', remedy: '' });
});

const INTEGERS: [text: string, value: number | undefined][] = [
  ['1', 1],
  ['10', 10],
  ['007', 7],
  ['0', undefined],
  ['11', undefined],
  ['-1', undefined],
  ['1.5', undefined],
  ['1e1', undefined],
  ['0x5', undefined],
  [' 5', undefined],
  ['5\n', undefined],
  ['Infinity', undefined],
  ['99999999999999999999', undefined],
];

for (const [given, value] of INTEGERS) {
  test(`${JSON.stringify(given)} is ${value ?? 'no'} number from 1 to 10`, () => {
    const result = v.safeParse(integer(1, 10), given);
    assert.is(result.success ? result.output : undefined, value);
  });
}

const SHARED: [env: string, text: string, isAccepted: boolean][] = [
  ['GCP_PROJECT_ID', 'my-project', true],
  ['GCP_PROJECT_ID', 'example.com:my-project', true],
  ['GCP_PROJECT_ID', '123456', false],
  ['GCP_PROJECT_ID', 'My-Project', false],
  ['GCP_PROJECT_ID', 'my/project', false],
  ['GCP_PROJECT_ID', 'my-project\n', false],
  ['GCP_PROJECT_NUMBER', '123456', true],
  ['GCP_PROJECT_NUMBER', 'my-project', false],
  ['REDISPORT', '6380', true],
  ['REDISPORT', '0', false],
  ['REDISPORT', '65536', false],
  ['REDISHOST', '10.0.0.3', true],
  ['REDISHOST', 'redis://10.0.0.3', false],
  ['REDIS_TLS_CA', CA_PEM, true],
  ['REDIS_TLS_CA', '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----', false],
  ['REDIS_TLS_CA', '/etc/ca.pem', false],
  ['REDIS_AUTH_MODE', 'password', true],
  ['REDIS_AUTH_MODE', 'IAM', false],
  ['GCE_METADATA_HOST', 'metadata.google.internal', true],
  ['GCE_METADATA_HOST', '127.0.0.1:8080', true],
  ['GCE_METADATA_HOST', 'http://127.0.0.1', false],
  ['REDIS_SECURITY', 'plain', true],
  ['REDIS_SECURITY', 'tls', false],
  ['LOG_LEVEL', 'debug', true],
  ['LOG_LEVEL', 'verbose', false],
  ['HISTORY_SIZE', '0', true],
  ['HISTORY_SIZE', '100001', false],
  ['HISTORY_TTL_SECONDS', '60', true],
  ['HISTORY_TTL_SECONDS', '59', false],
];

for (const [env, given, isAccepted] of SHARED) {
  test(`${env}=${JSON.stringify(given).slice(0, 45)} is ${isAccepted ? 'accepted' : 'refused'}`, () => {
    const read = () =>
      readConfig({ ...sharedSettings, ...historySettings }, { GCP_PROJECT_ID: 'my-project', [env]: given });
    if (isAccepted) read();
    else assert.match(errorOf(read).message, `${env} is not valid`);
  });
}

test('what is wrong with a value is said before the remedy, without the value', () => {
  const env = {
    GCP_PROJECT_ID: 'my-project',
    REDISHOST: 'rediss://:hunter2@10.0.0.3',
    REDIS_TLS_CA: CA_PEM.slice(0, 200),
  };
  assert.equal(errorOf(() => readConfig(sharedSettings, env)).faults, [
    'REDISHOST is not valid: it is a URL: leave out the scheme, the user, the port and the path; set it to the host name or address of Redis',
    'REDIS_TLS_CA is not valid: an END CERTIFICATE line is missing or broken: it may be cut off; set it to the PEM text of ' +
      'the certificate authority of Redis, or leave it out for a plain connection',
  ]);
});

test('REDIS_TLS_CA with \\n for its line breaks becomes the PEM that OpenSSL reads', () => {
  const env = { GCP_PROJECT_ID: 'my-project', REDIS_TLS_CA: CA_PEM.replaceAll('\n', '\\n') };
  assert.is(readConfig(sharedSettings, env).redisTlsCa, CA_PEM);
});

test('REDIS_AUTH_MODE=iam demands TLS, and stands for the password', () => {
  const env = { GCP_PROJECT_ID: 'my-project', REDIS_AUTH_MODE: 'iam' };
  assert.equal(errorOf(() => readConfig(sharedSettings, env)).faults, [
    'REDIS_TLS_CA is not set: REDIS_AUTH_MODE=iam needs it',
  ]);
  const whole = { ...env, REDIS_SECURITY: 'tls-auth', REDIS_TLS_CA: CA_PEM };
  assert.is(readConfig(sharedSettings, whole).redisAuthMode, 'iam');
});

test('REDIS_SECURITY=tls-auth demands its two companions, by name', () => {
  const env = { GCP_PROJECT_ID: 'my-project', REDIS_SECURITY: 'tls-auth' };
  assert.equal(errorOf(() => readConfig(sharedSettings, { ...env, REDIS_AUTH: '' })).faults, [
    'REDIS_AUTH is not set: REDIS_SECURITY=tls-auth needs it',
    'REDIS_TLS_CA is not set: REDIS_SECURITY=tls-auth needs it',
  ]);
  const REDIS_TLS_CA = CA_PEM;
  assert.is(readConfig(sharedSettings, { ...env, REDIS_AUTH: 'x', REDIS_TLS_CA }).redisSecurity, 'tls-auth');
});

test.run();
