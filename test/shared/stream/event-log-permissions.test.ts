// What a user of Redis who may not do everything leaves behind: nothing.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRedis, isTransientRedisError, type RedisNode } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY } from './log-fixture.ts';
import { makeEvent } from './make-event.ts';

let server: TestRedis;
let admin: RedisNode;
let limited: RedisNode;
let log: EventLog;

test.before(async () => {
  server = await startTestRedis();
  admin = createRedis(server.redisConfig);
  await admin.call('ACL', 'SETUSER', 'limited', 'on', '>password', '~*', '&*', '+@all', '-publish');
  limited = createRedis(server.redisConfig, { username: 'limited', password: 'password' });
  log = createEventLog(limited, HISTORY);
});
test.after(async () => {
  admin.disconnect();
  limited.disconnect();
  await server.stop();
});

test('an event that may not be published is not taken, and is once it may', async () => {
  const conversation = uniqueConversation();
  const event = makeEvent(conversation);
  for (let attempt = 1; attempt <= 2; attempt++) {
    const error = await log.append(event).catch((reason: unknown) => reason);
    assert.match(String(error), /NOPERM/);
    assert.not.ok(isTransientRedisError(error));
    assert.equal(await admin.keys(`*${conversation}*`), []);
  }
  await admin.call('ACL', 'SETUSER', 'limited', '+publish');
  assert.is((await log.append(event)).outcome, 'appended');
});

test.run();
