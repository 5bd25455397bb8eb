import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRelayConfig } from '../../../relay/config.ts';
import { watchKeys } from '../../../relay/identity/rotation/key-ring.ts';
import { LIMITS } from '../../../relay/limits.ts';
import { keySources } from '../../../relay/secret-manager/key-sources.ts';
import type { SecretAnswer } from '../../../relay/secret-manager/secret-access.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const TOKEN = 'a-trust-token-of-thirty-two-characters-or-more';
const OTHER = 'another-trust-token-of-thirty-two-characters';
const fixture = relayFixture(test, { relays: 0 });

const envOf = (settings: Record<string, string>) => ({
  GCP_PROJECT_ID: 'demo-project',
  AUTH_OPTION: 'Five9',
  ...settings,
});

/** The trust token of some settings, as the relay's process makes it. */
async function trustTokenOf(
  settings: Record<string, string>,
  access: (version: string) => Promise<SecretAnswer> = () => Promise.reject(new Error('not asked')),
) {
  const { five9 } = await keySources(readRelayConfig(envOf(settings)), async () => access);
  assert.ok(five9);
  const keys = await watchKeys({
    source: five9,
    limits: { ...LIMITS.identity, unknownKeyReadEveryMs: 0 },
    graceMs: 0,
    now: Date.now,
    logger: quietLogger,
  });
  fixture.defer(() => keys.close());
  return keys;
}

/** A relay with such a trust token, and what a registration with a credential is answered. */
async function relayWith(
  settings: Record<string, string>,
  access?: (version: string) => Promise<SecretAnswer>,
) {
  const trustToken = await trustTokenOf(settings, access);
  const relay = await fixture.startRelay({ settings: { AUTH_OPTION: 'Five9', ...settings }, trustToken });
  const register = (authorization: string | undefined) =>
    fetch(`${relay.url}/register`, {
      method: 'POST',
      ...(authorization === undefined ? {} : { headers: { authorization } }),
    });
  const subjectFor = async (authorization: string) => {
    const answer = await register(authorization);
    if (answer.status !== 200) return answer.status;
    const { token } = (await answer.json()) as { token: string };
    const verdict = relay.tokens.verify(token);
    return verdict.valid && verdict.claims.subject;
  };
  return { relay, register, subjectFor };
}

function file(text: string): string {
  const path = join(fixture.directory(), 'trust-token');
  writeFileSync(path, text);
  return path;
}

const inSecretManager = async (version: string): Promise<SecretAnswer> => {
  assert.is(version, 'projects/demo-project/secrets/five9/versions/latest');
  return { number: 1, text: `${TOKEN}\n` };
};

test('the trust token registers from variable, file and secret, with Bearer or not', async () => {
  for (const [settings, access] of [
    [{ FIVE9_TRUST_TOKEN: TOKEN }],
    [{ FIVE9_TRUST_TOKEN_PATH: file(`${TOKEN}\n`) }],
    [{ FIVE9_TRUST_TOKEN_NAME: 'five9' }, inSecretManager],
  ] as const) {
    const { subjectFor } = await relayWith(settings, access);
    for (const given of [TOKEN, `Bearer ${TOKEN}`, `bearer  ${TOKEN}`])
      assert.is(await subjectFor(given), 'five9:trust-token');
  }
});

for (const [what, credential] of Object.entries({
  nothing: undefined,
  'another token': OTHER,
  'the beginning of it': TOKEN.slice(0, -1),
  'it and a character more': `${TOKEN}x`,
  'it in capitals': TOKEN.toUpperCase(),
})) {
  test(`registering with ${what} is an unlogged 401`, async () => {
    const { relay, register } = await relayWith({ FIVE9_TRUST_TOKEN: TOKEN });
    assert.is((await register(credential)).status, 401);
    assert.not.match(relay.log(), /trust-token-of|TRUST-TOKEN-OF/);
  });
}

test('a trust token that changes in its file is accepted at once', async () => {
  const path = file(TOKEN);
  const { subjectFor } = await relayWith({ FIVE9_TRUST_TOKEN_PATH: path });
  assert.is(await subjectFor(OTHER), 401);
  writeFileSync(path, OTHER);
  assert.is(await subjectFor(OTHER), 'five9:trust-token');
  assert.is(await subjectFor(TOKEN), 'five9:trust-token', 'until the new one has taken over');
});

const FAULTS: Record<string, [settings: Record<string, string>, fault: RegExp]> = {
  'no trust token': [
    {},
    /^FIVE9_TRUST_TOKEN is not set, and Five9 needs it: set one of FIVE9_TRUST_TOKEN, FIVE9_TRUST_TOKEN_PATH, FIVE9_TRUST_TOKEN_NAME$/,
  ],
  'two of them': [
    { FIVE9_TRUST_TOKEN: TOKEN, FIVE9_TRUST_TOKEN_NAME: 'five9' },
    /^FIVE9_TRUST_TOKEN is set in several ways: set one of/,
  ],
  '31 characters': [{ FIVE9_TRUST_TOKEN: 'x'.repeat(31) }, /^FIVE9_TRUST_TOKEN is not valid: .*at least 32/],
  'a space in it': [{ FIVE9_TRUST_TOKEN: `${TOKEN} ${TOKEN}` }, /^FIVE9_TRUST_TOKEN is not valid/],
  'a version of a secret': [{ FIVE9_TRUST_TOKEN_NAME: 'five9/versions/1' }, /^FIVE9_TRUST_TOKEN_NAME is not/],
};
for (const [what, [settings, fault]] of Object.entries(FAULTS)) {
  test(`AUTH_OPTION=Five9 with ${what} prevents the start`, () => {
    assert.throws(
      () => readRelayConfig(envOf(settings)),
      (error: unknown) => error instanceof ConfigError && error.faults.some((found) => fault.test(found)),
    );
  });
}

test('a short trust token in a file prevents the start, and is not shown', async () => {
  const failure = await trustTokenOf({ FIVE9_TRUST_TOKEN_PATH: file('short-secret') }).catch(
    (error: unknown) => error,
  );
  assert.instance(failure, ConfigError);
  assert.match(
    String(failure),
    /the file that FIVE9_TRUST_TOKEN_PATH names holds a key that is shorter than 32/,
  );
  assert.not.match(String(failure), 'short-secret');
});

test('with Five9 beside Salesforce every desktop has to name its provider', () => {
  const settings = envOf({
    AUTH_OPTION: 'Five9,Salesforce',
    FIVE9_TRUST_TOKEN: TOKEN,
    SALESFORCE_DOMAIN: 'example.my.salesforce.com',
    SALESFORCE_ORGANIZATION_ID: '00DD0000000IqhS',
  });
  assert.throws(() => readRelayConfig(settings), /AUTH_PROVIDER_PARAMETER is not set/);
});

test.run();
