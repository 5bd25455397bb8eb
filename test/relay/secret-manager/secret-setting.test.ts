import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { secretName } from '../../../relay/secret-manager/secret-setting.ts';

test('a name is a secret of the own project or a whole one, and cannot lead elsewhere', () => {
  assert.is(secretName('my-key_1', 'p'), 'projects/p/secrets/my-key_1');
  assert.is(secretName('projects/42/secrets/k', 'p'), 'projects/42/secrets/k');
  for (const bad of [
    '',
    '../x',
    'a/b',
    'projects/p/secrets/k/versions/1',
    'projects//secrets/k',
    'k?x',
    'k#',
    'k:access',
    'projects/../secrets/k',
  ]) {
    assert.is(secretName(bad, 'p'), undefined, bad);
  }
});

test.run();
