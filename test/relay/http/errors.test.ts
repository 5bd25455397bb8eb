import Fastify from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerError } from '../../../relay/http/errors.ts';
import { RateLimitedError } from '../../../relay/rate-limits/rate-limited-error.ts';

for (const [retryAfterMs, seconds] of [
  [1, '1'],
  [1_000, '1'],
  [1_001, '2'],
  [59_500, '60'],
] as const) {
  test(`a rate limit of ${retryAfterMs} ms is answered 429 with Retry-After ${seconds}`, async () => {
    const app = Fastify();
    app.setErrorHandler(answerError);
    app.get('/', () => {
      throw new RateLimitedError('Wait.', retryAfterMs, { reason: 'limit-calls' });
    });
    const response = await app.inject('/');
    assert.is(response.statusCode, 429);
    assert.is(response.headers['retry-after'], seconds);
    assert.equal(response.json(), { message: 'Wait.' });
  });
}

test.run();
