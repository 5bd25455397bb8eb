// What a user of Redis who may not do everything leaves behind: nothing.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isTransientRedisError } from '../../../shared/redis.ts';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY, redisFixture } from '../../helpers/redis-fixture.ts';
import { makeEvent } from './make-event.ts';

const fixture = redisFixture(test);

test('an event that may not be published is not taken, and is once it may', async () => {
  const admin = fixture.redis;
  await admin.call('ACL', 'SETUSER', 'limited', 'on', '>password', '~*', '&*', '+@all', '-publish');
  const limited = fixture.client(undefined, { username: 'limited', password: 'password' });
  const log = createEventLog(limited, HISTORY);
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
