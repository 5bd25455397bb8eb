import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DELIVERY_LIMITS } from '../../../../relay/delivery/limits.ts';
import { SingleSubscriber } from '../../../../relay/delivery/pubsub/single-subscriber.ts';
import { quietLogger } from '../../../helpers/quiet-logger.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../../../helpers/tcp-proxy.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';
import { until } from '../../../helpers/until.ts';

const fixture = redisFixture(test);
let proxy: TcpProxy;

test.before(async () => {
  proxy = fixture.keep(await startTcpProxy(fixture.server.port));
});

/** A subscriber whose connection goes through the proxy. */
async function start(
  silenceMs = DELIVERY_LIMITS.subscriberSilenceMs,
  publish = (channel: string, message: string) => fixture.redis.publish(channel, message),
) {
  const redis = fixture.client(
    { ...fixture.server.redisConfig, redisPort: proxy.port },
    { autoResubscribe: false },
  );
  const received: string[] = [];
  let reconnects = 0;
  const subscriber = new SingleSubscriber({
    redis,
    publish,
    ownChannel: `own-${randomUUID()}`,
    logger: quietLogger,
    onMessage: (_channel, message) => received.push(message),
    onRestored: () => {
      reconnects++;
    },
    silenceMs,
  });
  fixture.keep(subscriber);
  await redis.connect();
  return { subscriber, received, reconnects: () => reconnects };
}

test('a subscription is in force when subscribe resolves, and ends with unsubscribe', async () => {
  const { subscriber, received, reconnects } = await start();
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  assert.is(await fixture.redis.publish(channel, 'one'), 1);
  await until(() => received.length === 1);
  await subscriber.unsubscribe(channel);
  assert.is(await fixture.redis.publish(channel, 'two'), 0);
  assert.equal(received, ['one']);
  assert.is(reconnects(), 0, 'the first connection is not a reconnect');
});

test('onRestored comes when all of 1,200 channels are subscribed again', async () => {
  const { subscriber, received, reconnects } = await start();
  const channels = Array.from({ length: 1_200 }, () => randomUUID());
  await Promise.all(channels.map((channel) => subscriber.subscribe(channel)));
  for (let round = 1; round <= 5; round++) {
    await fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
    await until(() => reconnects() === round);
    const counts = (await fixture.redis.pubsub('NUMSUB', ...channels)) as (string | number)[];
    assert.ok(counts.every((entry, index) => index % 2 === 0 || entry === 1));
  }
  await fixture.redis.publish(channels[1_199] ?? '', 'back');
  await until(() => received.includes('back'));
});

test('a connection that hangs without closing is noticed and replaced', async () => {
  const { subscriber, received, reconnects } = await start(300);
  const channel = randomUUID();
  await subscriber.subscribe(channel);
  proxy.stall();
  await fixture.redis.publish(channel, 'lost');
  await until(() => reconnects() > 0);
  await until(async () => (await fixture.redis.publish(channel, 'heard')) > 0 && received.length > 0);
  assert.not.ok(received.includes('lost'));
});

test('a quiet connection that works is left alone', () =>
  undisturbed(async () => {
    const { reconnects } = await start(300);
    const before = proxy.connections();
    await sleep(1_500);
    assert.is(proxy.connections(), before);
    assert.is(reconnects(), 0);
  }));

test('a trial that comes back before its publisher is answered leaves no doubt behind', () =>
  undisturbed(async () => {
    const { reconnects } = await start(300, async (channel, message) => {
      const reached = await fixture.redis.publish(channel, message);
      await sleep(20);
      return reached;
    });
    await sleep(1_500);
    assert.is(reconnects(), 0);
  }));

test.run();
