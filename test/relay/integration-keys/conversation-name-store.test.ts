import { createHash, randomUUID } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConversationNames,
  conversationNamesIn,
} from '../../../relay/integration-keys/conversation-name-store.ts';
import { INTEGRATION_KEY_TTL_SECONDS } from '../../../relay/integration-keys/limits.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildHttp } from '../http/build.ts';

const NAME = 'projects/demo-project/locations/global/conversations/abc';

const fixture = redisFixture(test);
let names: ConversationNames;

test.before(() => {
  names = conversationNamesIn(fixture.redis);
});

test('a name is stored under the digest of its key for a limited time', async () => {
  const key = `+${randomUUID()}`;
  await names.set(key, NAME, 60);
  const stored = createHash('sha256').update(key).digest('hex');
  assert.is(await fixture.redis.get(stored), NAME);
  const ttl = await fixture.redis.ttl(stored);
  assert.ok(ttl > 0 && ttl <= 60);
  assert.is(await fixture.redis.exists(key), 0);
});

test('a stored name is found, replaced, and removed once', async () => {
  const key = randomUUID();
  assert.is(await names.get(key), undefined);
  assert.is(await names.delete(key, NAME), false);
  await names.set(key, NAME, 60);
  assert.is(await names.get(key), NAME);
  await names.set(key, `${NAME}-2`, 60);
  assert.is(await names.get(key), `${NAME}-2`);
  assert.is(await names.delete(key, NAME), false, 'by the name that it led to before');
  assert.is(await names.delete(key, `${NAME}-2`), true);
  assert.is(await names.get(key), undefined);
});

test('what the route stores lives for a day', async () => {
  const { app, token } = await buildHttp({ conversationNames: names });
  const key = randomUUID();
  const answer = await app.inject({
    method: 'POST',
    url: '/conversation-name',
    headers: { authorization: token },
    payload: { conversationIntegrationKey: key, conversationName: NAME },
  });
  assert.is(answer.statusCode, 200);
  const ttl = await fixture.redis.ttl(createHash('sha256').update(key).digest('hex'));
  assert.ok(ttl > INTEGRATION_KEY_TTL_SECONDS - 60 && ttl <= INTEGRATION_KEY_TTL_SECONDS);
});

test('a Redis that hangs or is gone is 503 on every method, without the key', async () => {
  const lost = await fixture.startRedis();
  const client = fixture.client(lost.redisConfig);
  const { app, token, lines } = await buildHttp({ conversationNames: conversationNamesIn(client) });
  const all = () =>
    Promise.all(
      (['POST', 'GET', 'DELETE'] as const).map(async (method) => {
        const answer = await app.inject({
          method,
          url: '/conversation-name?conversationIntegrationKey=15550009999',
          headers: { authorization: token },
          ...(method === 'POST'
            ? { payload: { conversationIntegrationKey: '15550009999', conversationName: NAME } }
            : {}),
        });
        return [answer.statusCode, answer.json()];
      }),
    );
  const unavailable = [503, { message: 'The store of conversation names does not answer; try again.' }];
  await client.ping();
  lost.process.kill('SIGSTOP');
  assert.equal(await all(), [unavailable, unavailable, unavailable]);
  lost.process.kill('SIGCONT');
  await lost.stop();
  assert.equal(await all(), [unavailable, unavailable, unavailable]);
  assert.is(lines.filter((line) => line.includes('"severity":"WARNING"')).length, 6);
  assert.not.match(lines.join(''), '15550009999');
  assert.not.match(lines.join(''), NAME);
});

test.run();
