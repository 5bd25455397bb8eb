import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RedisHealth } from '../../../relay/redis-health/redis-health.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';

const fixture = redisFixture(test);

test('a write that was lost between two good trials is forgotten with the second one', async () => {
  const health = new RedisHealth({
    redis: fixture.redis,
    config: fixture.server.redisConfig,
    relay: 'relay',
    logger: quietLogger,
    limits: { trialEveryMs: 50 },
    meter: undefined,
  });
  fixture.defer(() => health.close());
  await sleep(120);
  health.lostWrites.of('presence')(new Error('OOM'));
  assert.equal(health.state(), { fault: undefined, lost: ['presence'] });
  await until(() => health.state().lost.length === 0);
});

test.run();
