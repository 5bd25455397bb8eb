import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startWarnings } from '../../relay/start-warnings.ts';

test('a relay that any page may use says so, and what to set', () => {
  const [warning, ...others] = startWarnings({ allowedOrigins: undefined });
  assert.match(warning ?? '', 'CORS_ALLOWED_ORIGINS is not set');
  assert.equal(others, []);
});

test('a relay with a list of origins has nothing to warn of', () => {
  assert.equal(startWarnings({ allowedOrigins: ['https://desk.example.com'] }), []);
});

test.run();
