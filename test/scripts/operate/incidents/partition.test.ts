// One relay that is cut off from Redis pub/sub, played for real: its commands still reach Redis.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DESKTOP_RELAYS_KEY, TRACE_CHANNEL } from '../../../../shared/keys.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';
import { until } from '../../../helpers/until.ts';
import { IncidentFixture, WAIT_MS } from './incident-fixture.ts';
import { createPubsubCutter } from './pubsub-cutter.ts';
import { assertNamed, runbookRow } from './runbook.ts';

const fixture = new IncidentFixture(test);

test('a relay that is cut off from pub/sub is named from both sides', async () => {
  const row = runbookRow('one relay partitioned');
  const conversation = uniqueConversation();
  const cutter = createPubsubCutter(fixture.server.port);
  const port = await fixture.listen(cutter.server);
  const [relay, far] = await Promise.all([
    fixture.startRelay(),
    fixture.startRelay({ REDISPORT: String(port) }),
  ]);
  const before = await fixture.redis.zcard(DESKTOP_RELAYS_KEY);
  await fixture.joined(far, conversation);
  await until(
    async () => (await fixture.redis.zcard(DESKTOP_RELAYS_KEY)) > before,
    WAIT_MS,
    'Redis knows that the relay has a desktop',
  );
  cutter.cut();
  await until(async () => (await subscribersOf(TRACE_CHANNEL)) === 1, WAIT_MS, 'one relay is left');
  const [near, own] = await Promise.all([
    fixture.run(row.command, conversation, relay),
    fixture.run(row.command, conversation, far),
  ]);
  assertNamed(row, near);
  assert.match(own.output, /^FAULT relays: this relay hears nothing over Redis pub\/sub: /m);
  assert.match(own.output.split('\n').at(-2) ?? '', / First: see that the relay reaches Redis /);
});

async function subscribersOf(channel: string): Promise<number> {
  const [, count] = (await fixture.redis.pubsub('NUMSUB', channel)) as [string, number];
  return Number(count);
}

test.run();
