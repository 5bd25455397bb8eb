import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Presence } from '../../../../relay/delivery/presence/presence.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';
import { until } from '../../../helpers/until.ts';

const fixture = redisFixture(test);

test('the key is renewed while somebody watches, and left to expire afterwards', async () => {
  const { redis } = fixture;
  const presence = new Presence(redis, 'relay-1', () => {}, 50);
  fixture.keep(presence);
  const conversation = uniqueConversation();
  presence.add(conversation);
  await until(async () => (await redis.exists(conversation)) === 1);
  await redis.expire(conversation, 30);
  await until(async () => (await redis.ttl(conversation)) > 30);

  presence.delete(conversation);
  await redis.expire(conversation, 30);
  await new Promise((resolve) => setTimeout(resolve, 200));
  const ttl = await redis.ttl(conversation);
  assert.ok(ttl > 0 && ttl <= 30, `ttl is ${ttl}`);
  assert.is(await redis.get(conversation), 'relay-1');
});

test.run();
