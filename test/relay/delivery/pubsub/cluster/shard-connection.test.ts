import { randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ShardConnection } from '../../../../../relay/delivery/pubsub/cluster/shard-connection.ts';
import { createRedis } from '../../../../../shared/redis.ts';
import { quietLogger } from '../../../../helpers/quiet-logger.ts';
import { redisFixture } from '../../../../helpers/redis-fixture.ts';
import { until } from '../../../../helpers/until.ts';

const fixture = redisFixture(test);

test('a channel that is unsubscribed while its connection is checked is not kept', async () => {
  const redis = createRedis(fixture.server.redisConfig, {
    autoResubscribe: false,
    retryStrategy: () => null,
  });
  redis.on('error', () => {});
  const connection = new ShardConnection({
    redis,
    logger: quietLogger,
    onMessage() {},
    onLost: (channels) => assert.unreachable(`lost ${channels}`),
    onEnd() {},
  });
  const channel = randomUUID();
  await connection.subscribe(channel);
  connection.checkSilence(0);
  await connection.unsubscribe(channel);
  connection.checkSilence(0); // it holds no channel any more
  await until(() => redis.status === 'end');
});

test.run();
