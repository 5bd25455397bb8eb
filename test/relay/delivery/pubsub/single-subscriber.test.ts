import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DELIVERY_LIMITS } from '../../../../relay/delivery/limits.ts';
import { SingleSubscriber } from '../../../../relay/delivery/pubsub/single-subscriber.ts';
import { createRedis, type Redis } from '../../../../shared/redis.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import { startTestRedis, type TestRedis } from '../../../helpers/redis.ts';
import { startTcpProxy, type TcpProxy } from '../../../helpers/tcp-proxy.ts';
import { until } from '../../../helpers/until.ts';

let server: TestRedis;
let commands: Redis;
let proxy: TcpProxy;

test.before(async () => {
  server = await startTestRedis();
  commands = createRedis(server.redisConfig);
  proxy = await startTcpProxy(server.port);
});
test.after(async () => {
  commands.disconnect();
  await proxy.close();
  await server.stop();
});

/** A subscriber whose connection goes through the proxy. */
async function start(
  silenceMs = DELIVERY_LIMITS.subscriberSilenceMs,
  publish = (channel: string, message: string) => commands.publish(channel, message),
) {
  const redis = createRedis({ ...server.redisConfig, redisPort: proxy.port }, { autoResubscribe: false });
  redis.on('error', () => {});
  const received: string[] = [];
  let reconnects = 0;
  const subscriber = new SingleSubscriber({
    redis,
    publish,
    ownChannel: `own-${randomUUID()}`,
    logger: quietLogger,
    onMessage: (_channel, message) => received.push(message),
    onOwnMessage: () => {},
    onRestored: () => {
      reconnects++;
    },
    silenceMs,
  });
  await redis.connect();
  return { subscriber, received, reconnects: () => reconnects };
}

test('a subscription is in force when subscribe resolves, and ends with unsubscribe', async () => {
  const { subscriber, received, reconnects } = await start();
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  assert.is(await commands.publish(channel, 'one'), 1);
  await until(() => received.length === 1);
  await subscriber.unsubscribe(channel);
  assert.is(await commands.publish(channel, 'two'), 0);
  assert.equal(received, ['one']);
  assert.is(reconnects(), 0, 'the first connection is not a reconnect');
  subscriber.close();
});

test('after the connection is lost, onRestored comes only when all of 1,200 channels are subscribed again', async () => {
  const { subscriber, received, reconnects } = await start();
  const channels = Array.from({ length: 1_200 }, () => randomUUID());
  await Promise.all(channels.map((channel) => subscriber.subscribe(channel)));
  for (let round = 1; round <= 5; round++) {
    await commands.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(() => reconnects() === round);
    const counts = (await commands.pubsub('NUMSUB', ...channels)) as (string | number)[];
    assert.ok(counts.every((entry, index) => index % 2 === 0 || entry === 1));
  }
  await commands.publish(channels[1_199] ?? '', 'back');
  await until(() => received.includes('back'));
  subscriber.close();
});

test('a connection that hangs without closing is noticed and made anew', async () => {
  const { subscriber, received, reconnects } = await start(300);
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  proxy.stall();
  await commands.publish(channel, 'lost');
  await until(() => reconnects() === 1);
  await commands.publish(channel, 'heard');
  await until(() => received.length === 1);
  assert.equal(received, ['heard']);
  subscriber.close();
});

test('a quiet connection that works is left alone', async () => {
  const { subscriber, reconnects } = await start(300);
  const before = proxy.connections();
  await sleep(1_500);
  assert.is(proxy.connections(), before);
  assert.is(reconnects(), 0);
  subscriber.close();
});

test('a trial that comes back before its publisher is answered leaves no doubt behind', async () => {
  const { subscriber, reconnects } = await start(300, async (channel, message) => {
    const reached = await commands.publish(channel, message);
    await sleep(20);
    return reached;
  });
  await sleep(1_500);
  assert.is(reconnects(), 0);
  subscriber.close();
});

test.run();
