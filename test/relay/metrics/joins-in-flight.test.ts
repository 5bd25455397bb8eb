// Joins that wait for an answer, here for that of the authorizer.
import type { ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { metricValue } from '../../helpers/metric-values.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import { AccessFixture } from '../access/access-fixture.ts';
import { ALLOW } from '../access/authorizer-server.ts';

const fixture = new AccessFixture(test);

test('joins are in flight until they are answered or their desktop goes away', async () => {
  const metrics = new RelayMetrics();
  const relay = await fixture.startRelay({
    metrics,
    settings: { AUTHORIZER_URL: fixture.authorizer.url },
    limits: { access: { authorizerTimeoutMs: 30_000 } },
  });
  const value = () => metricValue(metrics, 'joins_in_flight');
  assert.is(await value(), 0);

  const held: ServerResponse[] = [];
  fixture.authorizer.reply = (response) => held.push(response);
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop({ relay });
  const native = await fixture.nativeDesktop({ relay });
  const gone = await fixture.nativeDesktop({ relay, token: fixture.token('test:other') });
  const joins = [desktop.join(conversation), native.join(conversation)];
  gone.send({ type: 'join', id: 1, conversation: uniqueConversation() });
  await until(async () => (await value()) === 3);

  gone.close();
  await until(async () => (await value()) === 2);
  await until(() => held.length > 0);
  fixture.authorizer.reply = ALLOW;
  for (const response of held) ALLOW(response, fixture.authorizer.last);
  await Promise.all(joins);
  assert.is(await value(), 0);
});

test.run();
