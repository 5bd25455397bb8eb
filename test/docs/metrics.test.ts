// docs/metrics.md is held to what a relay measures.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../functions/handler.ts';
import { RelayMetrics } from '../../relay/metrics/metrics.ts';
import { CLOSE } from '../../shared/close-codes.ts';
import { createLogger } from '../../shared/log.ts';
import { SAMPLE_PROJECT, sampleDelivery } from '../shared/sample-events.ts';
import { codeSpans, firstCells, readDoc, rowsUnder } from './markdown.ts';

const page = readDoc('docs/metrics.md');

async function measured(): Promise<Map<string, { type: string; labels: string[] }>> {
  const metrics = new RelayMetrics();
  metrics.observe({
    sessions: { native: () => [], socketio: () => [] },
    conversations: () => 1,
    redis: { state: () => ({ fault: undefined, lost: [] }), memoryUsedRatio: async () => 0.5 },
  });
  metrics.delivered('new-message-event', 1);
  metrics.proxied('none', 404, 0);
  metrics.joined('live', true);
  metrics.refused('bad-cursor');
  metrics.closing(CLOSE.slow);
  metrics.registered('done');
  metrics.reconnected('pubsub');
  metrics.writeLost('joins');
  metrics.streamOpened();
  metrics.streamEnded(14);
  metrics.streamRefused(3);
  const all = await metrics.registry.getMetricsAsJSON();
  return new Map(
    all
      .filter(({ name }) => name.startsWith('agent_assist_'))
      .map(({ name, type, values }) => {
        const labels = new Set(values.flatMap((value) => Object.keys(value.labels)));
        return [name, { type: String(type), labels: [...labels].filter((label) => label !== 'le').sort() }];
      }),
  );
}

test('every metric of the relay is documented with type and labels, and no other', async () => {
  const documented = rowsUnder(page, 'metric').map(([name, type, labels = '']) => [
    name,
    type,
    ...(labels.split(':')[0]?.match(/[a-z]+/g) ?? []).sort(),
  ]);
  assert.equal(
    documented.sort(),
    [...(await measured())].map(([name, { type, labels }]) => [name, type, ...labels]).sort(),
  );
});

test('no page names a metric that does not exist', async () => {
  const known = await measured();
  const named = codeSpans(page).filter((code) => code.startsWith('agent_assist_'));
  for (const name of named) assert.ok(known.has(name), name);
});

test('every reason of a close is documented with its code, and no other is', () => {
  assert.equal(
    rowsUnder(page, 'reason').map(([name, code]) => [name, Number(code)]),
    Object.entries(CLOSE).map(([name, { code }]) => [name, code]),
  );
});

test("the fields of the functions' log that count are documented", async () => {
  const lines: Record<string, unknown>[] = [];
  const handle = createHandler({
    kind: 'new-recognition-result-notification-event',
    project: SAMPLE_PROJECT,
    maxBytes: 2_048,
    eventLog: {
      append: async () => ({
        outcome: 'superseded',
        reason: 'stale',
        position: { epoch: 'e', offset: 1, tag: 't' },
      }),
    },
    list: async () => 'listed',
    isTransient: () => false,
    logger: createLogger('f', 'info', { write: (line) => lines.push(JSON.parse(line)) }),
  });
  await handle({ data: { message: sampleDelivery('events/utterance-1-interim.json').message } });
  const [line = {}] = lines;
  const counting = Object.keys(line).filter((field) => field.startsWith('dropped_'));
  assert.is(counting.length, 2);
  for (const field of counting) assert.ok(firstCells(page, 'field').includes(field), field);
  assert.ok(codeSpans(page).includes(String(line.message)));
});

test.run();
