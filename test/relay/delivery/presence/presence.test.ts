import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Presence } from '../../../../relay/delivery/presence/presence.ts';
import { createRedis, type Redis } from '../../../../shared/redis.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../../helpers/redis.ts';
import { until } from '../../../helpers/until.ts';

let server: TestRedis;
let redis: Redis;

test.before(async () => {
  server = await startTestRedis();
  redis = createRedis(server.redisConfig);
});
test.after(async () => {
  redis.disconnect();
  await server.stop();
});

test('the key is renewed while somebody watches, and left to expire afterwards', async () => {
  const presence = new Presence(redis, 'relay-1', quietLogger, 50);
  const conversation = uniqueConversation();
  presence.add(conversation);
  await until(async () => (await redis.exists(conversation)) === 1);
  await redis.expire(conversation, 5);
  await until(async () => (await redis.ttl(conversation)) > 5);

  presence.delete(conversation);
  await redis.expire(conversation, 5);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const ttl = await redis.ttl(conversation);
  assert.ok(ttl > 0 && ttl <= 5, `ttl is ${ttl}`);
  assert.is(await redis.get(conversation), 'relay-1');
  presence.close();
});

test.run();
