// A deployed function while Redis hangs, is gone or refuses: the message is not acknowledged, and a redelivery works.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PushBody } from '../../scripts/local/eventarc.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { conversationKeys } from '../../shared/keys.ts';
import { createRedis } from '../../shared/redis.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { startTestRedis, type TestRedis } from '../helpers/redis.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT } from '../shared/sample-events.ts';
import {
  buildFunctions,
  type DeployedFunctions,
  deployFunctions,
  type FunctionsBuild,
  makePush,
} from './deployed-functions.ts';

const KIND = 'new-message-event';
const SECRET = 'zanzibar phrase';
/** Patience of 3 s for Redis, and what a busy machine adds; Pub/Sub itself gives up after 10 s. */
const ANSWER_LIMIT_MS = 7_000;

let bundles: FunctionsBuild;
let server: TestRedis;
let functions: DeployedFunctions;

test.before(async () => {
  bundles = await buildFunctions();
  server = await startTestRedis();
  functions = await deployFunctions(bundles, server.env);
});
test.after(async () => {
  await functions.stop();
  await server.stop();
  bundles.remove();
});

function newMessage(): { conversation: ShortName; push: PushBody } {
  const conversation: ShortName = `projects/${SAMPLE_PROJECT.id}/conversations/${randomUUID()}`;
  return { conversation, push: makePush({ conversation, newMessagePayload: { content: SECRET } }) };
}

/** Delivers a message that cannot be taken; the answer must come in time and say nothing. */
async function deliverInVain(push: PushBody): Promise<void> {
  const answer = await Promise.race([
    functions.deliver(KIND, push),
    sleep(ANSWER_LIMIT_MS, undefined, { ref: false }),
  ]);
  assert.equal(answer, { status: 500, body: 'Internal Server Error' });
  const record = await functions.recordOf(KIND, push.message.messageId);
  assert.is(record.severity, 'ERROR');
  assert.not.match(functions.log(KIND), /zanzibar|phrase/);
}

const isTaken = async (push: PushBody) => (await functions.deliver(KIND, push)).status === 204;

async function eventCount(conversation: ShortName): Promise<number> {
  const redis = createRedis(server.redisConfig);
  const { events } = await createEventLog(redis, { historySize: 100, historyTtlSeconds: 600 }).read(
    conversation,
    0,
    100,
  );
  redis.disconnect();
  return events.length;
}

test('while Redis hangs the answer is 500 in time, and after it a redelivery is one event', async () => {
  const { conversation, push } = newMessage();
  assert.ok(await isTaken(newMessage().push), 'it works before');
  server.process.kill('SIGSTOP');
  await Promise.all([deliverInVain(push), deliverInVain(push), deliverInVain(newMessage().push)]);
  server.process.kill('SIGCONT');
  await until(() => isTaken(push), 20_000);
  await until(() => isTaken(push), 20_000);
  assert.is(await eventCount(conversation), 1);
});

test('while Redis is gone the answer is 500 in time, and after it a redelivery is one event', async () => {
  const { conversation, push } = newMessage();
  server.process.kill('SIGKILL');
  await Promise.all([deliverInVain(push), deliverInVain(push)]);
  await server.stop();
  server = await startTestRedis({ port: server.port });
  await until(() => isTaken(push), 20_000);
  assert.ok(await isTaken(push));
  assert.is(await eventCount(conversation), 1);
});

test('an outage shorter than the patience is not noticed', async () => {
  const { conversation, push } = newMessage();
  await server.stop();
  const delivery = functions.deliver(KIND, push);
  await sleep(300);
  server = await startTestRedis({ port: server.port });
  assert.is((await delivery).status, 204);
  assert.is(await eventCount(conversation), 1);
});

test('a refusal that will not pass is not repeated, and is answered with 500', async () => {
  const { conversation, push } = newMessage();
  const redis = createRedis(server.redisConfig);
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
  redis.disconnect();
  assert.ok(await isTaken(push));
  assert.is(await eventCount(conversation), 1);
});

test('a function that starts without Redis takes messages once it is there', async () => {
  const port = await freePort();
  const early = await deployFunctions(bundles, { REDISHOST: '127.0.0.1', REDISPORT: String(port) });
  const { push } = newMessage();
  assert.is((await early.deliver(KIND, push)).status, 500);
  const late = await startTestRedis({ port });
  await until(async () => (await early.deliver(KIND, push)).status === 204, 20_000);
  assert.match(early.log(KIND), /redis connection.*ECONNREFUSED|ECONNREFUSED.*redis connection/);
  await early.stop();
  await late.stop();
});

test('a function that starts while Redis hangs takes messages once it answers', async () => {
  server.process.kill('SIGSTOP');
  const early = await deployFunctions(bundles, server.env);
  const { push } = newMessage();
  const failed = await early.deliver(KIND, push);
  server.process.kill('SIGCONT');
  assert.is(failed.status, 500);
  await until(async () => (await early.deliver(KIND, push)).status === 204, 20_000);
  await early.stop();
});

test.run();
