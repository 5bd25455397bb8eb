import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { accessSettings } from '../../../relay/access/settings.ts';
import { readConfig } from '../../../shared/config.ts';
import { ConfigError } from '../../../shared/errors.ts';

test('by default only the token decides, and an authorizer that does not answer denies', () => {
  assert.equal(
    { ...readConfig(accessSettings, {}) },
    {
      allowedLocations: undefined,
      authorizerUrl: undefined,
      authorizerToken: undefined,
      authorizerOnFailure: 'deny',
      sessionMaxSeconds: 43_200,
    },
  );
});

for (const [env, text, property, value] of [
  ['ALLOWED_LOCATIONS', 'global, europe-west2', 'allowedLocations', ['global', 'europe-west2']],
  ['AUTHORIZER_URL', 'https://acd.example.com/a?b=c', 'authorizerUrl', 'https://acd.example.com/a?b=c'],
  ['AUTHORIZER_URL', 'http://127.0.0.1:9000', 'authorizerUrl', 'http://127.0.0.1:9000/'],
  ['AUTHORIZER_TOKEN', 'abc-123', 'authorizerToken', 'abc-123'],
  ['AUTHORIZER_ON_FAILURE', 'allow', 'authorizerOnFailure', 'allow'],
] as const) {
  test(`${env}="${text}" is taken`, () => {
    assert.equal(readConfig(accessSettings, { [env]: text })[property], value);
  });
}

for (const [env, text] of [
  ['ALLOWED_LOCATIONS', 'global,'],
  ['ALLOWED_LOCATIONS', 'evil.example#'],
  ['AUTHORIZER_URL', 'acd.example.com'],
  ['AUTHORIZER_URL', 'ftp://acd.example.com'],
  ['AUTHORIZER_URL', 'https://user:secret@acd.example.com'],
  ['AUTHORIZER_URL', 'https://acd.example.com/#a'],
  ['AUTHORIZER_TOKEN', 'two words'],
  ['AUTHORIZER_TOKEN', 'line\nbreak'],
  ['AUTHORIZER_ON_FAILURE', 'Allow'],
] as const) {
  test(`${env}=${JSON.stringify(text)} is refused by its name`, () => {
    assert.throws(
      () => readConfig(accessSettings, { [env]: text }),
      (error: unknown) =>
        error instanceof ConfigError &&
        error.faults.length === 1 &&
        error.faults[0]?.startsWith(`${env} is not valid: set it to`) === true,
    );
  });
}

test.run();
