// A deployed function while Redis hangs, is gone or refuses: the message is not acknowledged, and a redelivery works.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PushBody } from '../../scripts/local/eventarc.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { conversationKeys } from '../../shared/keys.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import { HISTORY } from '../helpers/redis-fixture.ts';
import { assertPlainWords } from '../helpers/redis-wording.ts';
import { undisturbed } from '../helpers/undisturbed.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import { makePush } from './deployed-functions.ts';
import { FunctionsFixture } from './functions-fixture.ts';

const KIND = 'new-message-event';
const SECRET = 'zanzibar phrase';
/** Patience of 3 s for Redis, and what a busy machine adds: Pub/Sub itself gives up after 10 s. */
const ANSWER_LIMIT_MS = 10_000;

const fixture = new FunctionsFixture(test);

function newMessage(): { conversation: ShortName; push: PushBody } {
  const conversation = uniqueConversation(SAMPLE_PROJECT.id);
  return { conversation, push: makePush({ conversation, newMessagePayload: { content: SECRET } }) };
}

/** Delivers a message that cannot be taken; the answer must come in time and say nothing. */
async function deliverInVain(push: PushBody): Promise<void> {
  const answer = await Promise.race([
    fixture.functions.deliver(KIND, push),
    sleep(ANSWER_LIMIT_MS, undefined, { ref: false }),
  ]);
  assert.equal(answer, { status: 500, body: 'Internal Server Error' });
  const record = await fixture.functions.recordOf(KIND, push.message.messageId);
  assert.is(record.severity, 'ERROR');
  assert.not.match(fixture.functions.log(KIND), /zanzibar|phrase/);
  assertPlainWords(fixture.functions.log(KIND));
}

const isTaken = async (push: PushBody) => (await fixture.functions.deliver(KIND, push)).status === 204;

async function eventCount(conversation: ShortName): Promise<number> {
  // A client of its own: that of the fixture may not have found its server again.
  const { events } = await createEventLog(fixture.client(), HISTORY).read(conversation, 0, 100);
  return events.length;
}

test('while Redis hangs the answer is 500 in time; a redelivery is one event', async () => {
  const { conversation, push } = newMessage();
  assert.ok(await isTaken(newMessage().push), 'it works before');
  fixture.server.process.kill('SIGSTOP');
  await Promise.all([deliverInVain(push), deliverInVain(push), deliverInVain(newMessage().push)]);
  fixture.server.process.kill('SIGCONT');
  await until(() => isTaken(push));
  await until(() => isTaken(push));
  assert.is(await eventCount(conversation), 1);
});

test('while Redis is gone the answer is 500 in time; a redelivery is one event', async () => {
  const { conversation, push } = newMessage();
  fixture.server.process.kill('SIGKILL');
  await Promise.all([deliverInVain(push), deliverInVain(push)]);
  await fixture.server.stop();
  await fixture.restartRedis();
  await until(() => isTaken(push));
  assert.ok(await isTaken(push));
  assert.is(await eventCount(conversation), 1);
});

// On a busy machine Redis may take longer to start than the function is patient.
test('an outage shorter than the patience is not noticed', () =>
  undisturbed(async () => {
    const { conversation, push } = newMessage();
    await fixture.server.stop();
    const delivery = fixture.functions.deliver(KIND, push);
    await sleep(300);
    await fixture.restartRedis();
    assert.is((await delivery).status, 204);
    assert.is(await eventCount(conversation), 1);
  }));

test('a refusal that will not pass is not repeated, and is answered with 500', async () => {
  const { conversation, push } = newMessage();
  const redis = fixture.client();
  const keys = conversationKeys(conversation);
  await redis.set(keys.meta, 'of another type');
  await redis.config('RESETSTAT');
  await deliverInVain(push);
  const stats = await redis.info('commandstats');
  const calls = [...stats.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+),/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
  assert.ok(calls <= 2, `${calls} calls: EVALSHA and at most one EVAL that loads the script`);
  await redis.del(keys.meta);
  assert.ok(await isTaken(push));
  assert.is(await eventCount(conversation), 1);
});

test('a function that starts without Redis takes messages once it is there', async () => {
  const port = await freePort();
  const early = await fixture.deploy({ REDISHOST: '127.0.0.1', REDISPORT: String(port) });
  const { push } = newMessage();
  assert.is((await early.deliver(KIND, push)).status, 500);
  await fixture.startRedis({ port });
  await until(async () => (await early.deliver(KIND, push)).status === 204);
  assert.match(early.log(KIND), `Redis at 127.0.0.1:${port} refuses connections (trying again)`);
});

test('a function that starts while Redis hangs takes messages once it answers', async () => {
  fixture.server.process.kill('SIGSTOP');
  const early = await fixture.deploy(fixture.server.env);
  const { push } = newMessage();
  const failed = await early.deliver(KIND, push);
  fixture.server.process.kill('SIGCONT');
  assert.is(failed.status, 500);
  await until(async () => (await early.deliver(KIND, push)).status === 204);
});

test.run();
