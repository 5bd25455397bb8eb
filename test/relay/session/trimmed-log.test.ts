// A desktop that joins by name is slower than its log is long: what it misses is counted, because it cannot be told.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import '../../helpers/patient-redis.ts';

const HISTORY_SIZE = 250;
const EVENT_BYTES = 64 * 1024;
const LINE = 'events were trimmed behind a desktop';

const metrics = new RelayMetrics();
const fixture = relayFixture(
  test,
  { metrics, settings: { HISTORY_SIZE: String(HISTORY_SIZE), SOCKET_IO_OFFSETS: 'all' } },
  { history: { historySize: HISTORY_SIZE } },
);

async function skipped(): Promise<number> {
  const [value] =
    (await metrics.registry.getSingleMetric('agent_assist_events_skipped_total')?.get())?.values ?? [];
  return value?.value ?? 0;
}
const linesOf = (conversation: string) =>
  fixture.relay
    .log()
    .split('\n')
    .filter((line) => line.includes(LINE) && line.includes(conversation));

const publish = (conversation: ShortName, count: number) =>
  fixture.publishAll(conversation, count, { data: { text: 'x'.repeat(EVENT_BYTES) } });

test('events trimmed while a slow desktop is away are counted and logged once', async () => {
  const before = await skipped();
  const conversation = uniqueConversation();
  const valve = fixture.keep(await openValve(fixture.relay.port));
  const page = await fixture.page(conversation, { url: valve.url });
  const first = await publish(conversation, 2);
  await until(() => page.events.length === 2);
  valve.shut();
  const rest = await publish(conversation, 400);
  await sleep(200);
  valve.open();
  await until(() => page.messageIds().includes(rest.at(-1) ?? ''));
  const missing = [...first, ...rest].filter((id) => !page.messageIds().includes(id));
  assert.ok(missing.length > 0, 'nothing was trimmed behind it');
  assert.is((await skipped()) - before, missing.length);
  assert.is(linesOf(conversation).length, 1);
});

test('what is trimmed in the middle of a replay is counted and logged once', async () => {
  const before = await skipped();
  const conversation = uniqueConversation();
  const ids = await publish(conversation, HISTORY_SIZE);
  const valve = fixture.keep(await openValve(fixture.relay.port));
  valve.shut();
  const page = fixture.openPage(conversation, { url: valve.url });
  valve.open();
  await until(() => valve.passed() > 100_000);
  valve.shut();
  await sleep(300);
  ids.push(...(await publish(conversation, 300)));
  valve.open();
  await until(() => page.messageIds().includes(ids.at(-1) ?? ''));
  const missing = ids.filter((id) => !page.messageIds().includes(id));
  assert.ok(missing.length > 0, 'nothing was trimmed behind it');
  assert.is((await skipped()) - before, missing.length);
  assert.is(linesOf(conversation).length, 1);
});

test('what is trimmed before a desktop joins for the first time is not counted', async () => {
  const before = await skipped();
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, HISTORY_SIZE + 10);
  const page = await fixture.page(conversation);
  await until(() => page.events.length === HISTORY_SIZE);
  assert.is(await skipped(), before);
  assert.equal(linesOf(conversation), []);
});

test('a desktop with a cursor is told, and its events are not counted', async () => {
  const before = await skipped();
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, 1);
  const desktop = await fixture.desktop();
  await desktop.join({ conversation, after: '0' });
  await until(() => desktop.events.length === 1);
  await fixture.publishAll(conversation, HISTORY_SIZE + 10);
  const after = desktop.events[0]?.cursor;
  const [, , answer] = await (await fixture.desktop()).join({ conversation, after });
  assert.is((answer as { recovered: boolean }).recovered, false);
  assert.is(await skipped(), before);
});

test.run();
