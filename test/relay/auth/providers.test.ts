import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AUTH_OPTIONS, createProvider } from '../../../relay/auth/providers.ts';

test('without AUTH_OPTION nobody is let in', async () => {
  const provider = createProvider(undefined);
  for (const credential of ['', 'Bearer x', 'anything'])
    assert.is(await provider.verify(credential), undefined);
});

test('Skip lets everybody in, as nobody in particular', async () => {
  const provider = createProvider('Skip');
  assert.equal(await provider.verify(''), { subject: 'skip:anonymous' });
  assert.equal(await provider.verify('Bearer x'), { subject: 'skip:anonymous' });
});

test('AUTH_OPTION has the values that exist', () => {
  assert.equal(AUTH_OPTIONS, ['Skip']);
});

test.run();
