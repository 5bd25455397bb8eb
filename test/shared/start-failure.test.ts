import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../shared/errors.ts';
import { startFailure } from '../../shared/start-failure.ts';
import { listen } from '../helpers/listen.ts';

async function failureOn(port: number): Promise<unknown> {
  const server = createServer();
  return new Promise((resolve) => server.once('error', resolve).listen(port, '127.0.0.1'));
}

test('a port in use is said in a sentence that names the variable', async () => {
  const other = createServer();
  const port = await listen(other);
  try {
    const error = await failureOn(port);
    assert.is(
      startFailure(error, { PORT: String(port) }),
      `port ${port} is in use by another program: end that, or set PORT to another port`,
    );
    assert.match(String(startFailure(error, { METRICS_PORT: String(port) })), 'set METRICS_PORT to another');
    assert.match(String(startFailure(error, {})), 'set PORT to another port');
  } finally {
    other.close();
  }
});

test('a wrong configuration is its message, and any other error stays itself', () => {
  assert.is(
    startFailure(new ConfigError(['A is not set: set it']), {}),
    'configuration:\n  - A is not set: set it',
  );
  const other = new Error('other');
  assert.is(startFailure(other, {}), other);
});

test.run();
