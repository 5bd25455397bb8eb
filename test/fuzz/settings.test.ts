import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { functionSettings } from '../../functions/config.ts';
import { readRelayConfig, relaySettings } from '../../relay/config.ts';
import { readConfig, type Settings } from '../../shared/config.ts';
import { ConfigError } from '../../shared/errors.ts';
import { PROVIDER_ENV } from '../relay/providers/provider-setup.ts';
import { fuzz } from './fuzz.ts';
import { mutated } from './mutations.ts';

/** Values that some variable takes, each near to what others must not take. */
const PLAUSIBLE = [
  ...'1 0 65535 8080 -1 1e3 0x10 ١ true on off allow info missed tls-auth Skip Salesforce,OIDC'.split(' '),
  ...'GenesysCloud,Twilio required Twilio my-project 123456 localhost a=b|c,d=e projects/p/secrets/s'.split(
    ' ',
  ),
  ...'https://desk.example.com,https://*.example.com http://127.0.0.1:9000 https://accounts.google.com'.split(
    ' ',
  ),
  '-----BEGIN CERTIFICATE-----',
  ...Object.values(PROVIDER_ENV),
];
const HUGE = ['x'.repeat(100_000), ','.repeat(10_000), '*.'.repeat(5_000), '((((((((((a'.repeat(50)];
const value = fc.oneof(
  { weight: 30, arbitrary: mutated(fc.constantFrom(...PLAUSIBLE)) },
  { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.constantFrom(...HUGE) },
);

/** Shorter ones are found in any text by chance. */
const SECRET_MIN_CHARS = 12;

function environmentOf(settings: Settings): fc.Arbitrary<Record<string, string>> {
  const names = Object.values(settings).map(({ env }) => env);
  return fc
    .tuple(fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }), fc.boolean(), fc.boolean())
    .map(([env, hasProject, hasProviders]) => ({
      ...(hasProject ? { GCP_PROJECT_ID: 'demo-project' } : {}),
      ...(hasProviders ? PROVIDER_ENV : {}),
      ...env,
    }));
}

/** Reads an environment: it is taken, or refused with a sentence for each variable at fault and no value. */
function check(settings: Settings, env: Record<string, string>, read: () => unknown): void {
  try {
    assert.ok(Object.isFrozen(read()));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const names = new Set(Object.values(settings).map((declared) => declared.env));
    const words = Object.values(settings)
      .map(({ remedy }) => remedy)
      .join(' ');
    for (const fault of error.faults) {
      assert.ok(names.has(/^[A-Z0-9_]+/.exec(fault)?.[0] ?? ''), fault);
      assert.match(fault, /: .*\b(?:set|needs)\b/);
    }
    for (const text of Object.values(env)) {
      if (text.length < SECRET_MIN_CHARS || words.includes(text)) continue;
      assert.not.ok(
        error.message.includes(text),
        `${JSON.stringify(text.slice(0, 80))} is in: ${error.message}`,
      );
    }
  }
}

fuzz('any environment of the relay is accepted, or refused by variable names', {
  arbitrary: environmentOf(relaySettings),
  check: (env) => check(relaySettings, env, () => readRelayConfig(env)),
  runs: 6_000,
});

fuzz('any environment of a function is accepted, or refused by variable names', {
  arbitrary: environmentOf(functionSettings),
  check: (env) => check(functionSettings, env, () => readConfig(functionSettings, env)),
  runs: 3_000,
});

test.run();
