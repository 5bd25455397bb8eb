// How long events took from their publish to the desktops of a relay.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { REPLAYED_ID, REPLAYED_TIME } from '../../../shared/replayed.ts';
import { metricValue } from '../../helpers/metric-values.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import '../../helpers/patient-redis.ts';

const metrics = new RelayMetrics();
const fixture = relayFixture(test, { metrics });

/** Long enough ago for a machine that takes two minutes over a test. */
const AGO_MS = 3_600_000;
const timeAt = (ms: number) => new Date(Date.now() + ms).toISOString();

/** The figures of a scrape that these tests look at. */
async function scrape() {
  const of = async (series: string) => (await metricValue(metrics, series)) ?? 0;
  return {
    count: await of('publish_to_delivery_seconds_count'),
    seconds: await of('publish_to_delivery_seconds_sum'),
    within5ms: await of('publish_to_delivery_seconds_bucket{le="0.005"}'),
    within60s: await of('publish_to_delivery_seconds_bucket{le="60"}'),
    delivered: await of('events_delivered_total{kind="new-message-event"}'),
  };
}

/** A conversation with desktops of both protocols, and by how much each figure has risen since they joined it. */
async function watched() {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop();
  await desktop.join(conversation);
  const native = await fixture.nativeDesktop();
  await native.join(conversation, '0');
  const before = await scrape();
  return {
    conversation,
    async risen(events: number): Promise<Awaited<ReturnType<typeof scrape>>> {
      await desktop.received(events);
      await native.received(events);
      const after = await scrape();
      const { count, seconds, within5ms, within60s, delivered } = before;
      return {
        count: after.count - count,
        seconds: after.seconds - seconds,
        within5ms: after.within5ms - within5ms,
        within60s: after.within60s - within60s,
        delivered: after.delivered - delivered,
      };
    },
  };
}

test('an event counts once with its delay, however many desktops get it', async () => {
  const { conversation, risen } = await watched();
  await fixture.publish(conversation, { publishTime: timeAt(-AGO_MS) });
  const { count, seconds, within60s, delivered } = await risen(1);
  assert.equal({ count, within60s, delivered }, { count: 1, within60s: 0, delivered: 2 });
  assert.is(Math.floor((seconds * 1000) / AGO_MS), 1);
});

test('an interim transcript counts, too', async () => {
  const { conversation, risen } = await watched();
  await fixture.publishInterim(conversation, { message: 'm' });
  assert.is((await risen(1)).count, 1);
});

test('an event that the clocks place in the future counts as delivered at once', async () => {
  const { conversation, risen } = await watched();
  await fixture.publish(conversation, { publishTime: timeAt(AGO_MS) });
  const { count, seconds, within5ms } = await risen(1);
  assert.equal({ count, seconds, within5ms }, { count: 1, seconds: 0, within5ms: 1 });
});

test('history, and an event that does not say when it was published, do not count', async () => {
  const { conversation, risen } = await watched();
  await fixture.publish(conversation, { publishTime: 'yesterday' });
  await risen(1);
  const late = await fixture.nativeDesktop();
  await late.join(conversation, '0');
  await late.received(1);
  const { count, delivered } = await risen(1);
  assert.equal({ count, delivered }, { count: 0, delivered: 3 });
});

test('a dead letter that is published again does not count', async () => {
  const { conversation, risen } = await watched();
  const attributes = { [REPLAYED_ID]: '4711', [REPLAYED_TIME]: timeAt(-AGO_MS) };
  await fixture.publish(conversation, { attributes });
  await fixture.publish(conversation);
  const { count, delivered } = await risen(2);
  assert.equal({ count, delivered }, { count: 1, delivered: 4 });
});

test.run();
