// Connections that a relay has no room for leave a line and a count.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { dial } from '../../helpers/raw-http.ts';
import type { LimitOverrides, TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const WAIT_MS = 30_000;
const MAX = 3;

const fixture = relayFixture(test, { relays: 0 });

async function startRelay(limits: LimitOverrides) {
  const metrics = new RelayMetrics();
  return { relay: await fixture.startRelay({ metrics, limits }), metrics };
}

/** Waits until something is refused for a reason. More may follow, as long as the relay is full. */
async function refusedFor(reason: RefusalReason, relay: TestRelay, metrics: RelayMetrics): Promise<void> {
  const line = new RegExp(`^{"severity":"WARNING",.*"reason":"${reason}".*"message":"refused"}$`, 'm');
  await until(() => line.test(relay.log()), WAIT_MS, reason);
  const text = await metrics.registry.metrics();
  assert.match(text, new RegExp(`^agent_assist_refusals_by_reason_total\\{reason="${reason}"\\} [1-9]`, 'm'));
}

test('one connection too many without a token is limit-pending', async () => {
  const { relay, metrics } = await startRelay({ http: { pendingConnectionsMax: MAX } });
  for (let count = 0; count <= MAX; count++) fixture.keep(dial(relay.port));
  await refusedFor('limit-pending', relay, metrics);
});

test('one connection too many is limit-sockets', async () => {
  const { relay, metrics } = await startRelay({ http: { connectionsMax: MAX } });
  for (let count = 0; count <= MAX; count++) fixture.keep(dial(relay.port));
  await refusedFor('limit-sockets', relay, metrics);
});

test.run();
