// The tracer of OpenTelemetry against a collector that decodes what it exports.
import { createServer, type ServerResponse } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openTelemetry } from '../../../shared/tracing/open-telemetry.ts';
import { parseTraceparent } from '../../../shared/tracing/traceparent.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { startCollector } from '../../helpers/otlp-collector.ts';
import { until } from '../../helpers/until.ts';

const SAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const UNSAMPLED = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00`;

const fixture = new Fixture(test);

interface Options {
  ratio: number;
  status?: number;
  headers?: () => Promise<Record<string, string>>;
}

/** A tracer and its collector; `lost` says which exports have failed. */
async function trace({ ratio, status, headers }: Options) {
  const collector = await startCollector(fixture, status);
  const lost: [number, string][] = [];
  const tracing = openTelemetry({
    endpoint: `${collector.url}/`,
    sampleRatio: ratio,
    resource: { 'service.name': 'tested' },
    headers,
    onLost: (spans, reason) => lost.push([spans, reason]),
  });
  return { collector, lost, ...tracing };
}

test('with a ratio of 0 no trace starts here, and a sampled parent is followed', async () => {
  const { tracer, close, collector } = await trace({ ratio: 0 });
  const root = tracer.start('root');
  assert.not.ok(root.isRecording);
  assert.is(parseTraceparent(root.traceparent)?.isSampled, false);
  root.end();
  tracer.start('child', { parent: SAMPLED }).end();
  await close();
  assert.equal(
    collector.spans.map(({ name, parentId }) => [name, parentId]),
    [['child', 'b'.repeat(16)]],
  );
});

test('with a ratio of 1 a trace starts here, and a parent without a sample is followed', async () => {
  const { tracer, close, collector } = await trace({ ratio: 1 });
  const child = tracer.start('child', { parent: UNSAMPLED });
  assert.not.ok(child.isRecording);
  child.end();
  const root = tracer.start('root', { kind: 'server', parent: 'nonsense', links: [SAMPLED, 'nonsense'] });
  root.set({ count: 3, share: 0.5, isGood: true });
  root.end('TimeoutError');
  await close();
  const [span, ...others] = collector.spans;
  assert.equal(others, []);
  assert.equal([span?.name, span?.kind, span?.parentId, span?.isError], ['root', 'server', '', true]);
  assert.equal(span?.links, [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }]);
  assert.equal(span?.attributes, { count: 3, share: 0.5, isGood: true, 'error.type': 'TimeoutError' });
  assert.equal(span?.resource, { 'service.name': 'tested' });
  assert.is(span?.spanId, parseTraceparent(root.traceparent)?.spanId);
});

test('a receiver that refuses is told of by its status, and the headers are sent', async () => {
  const headers = async () => ({ authorization: 'Bearer of-the-service-account' });
  const { tracer, close, collector, lost } = await trace({ ratio: 1, status: 403, headers });
  tracer.start('root').end();
  await close();
  assert.equal(lost, [[1, 'HTTP 403']]);
  assert.is(collector.headers[0]?.authorization, 'Bearer of-the-service-account');
});

test('spans beyond the room of a slow receiver are counted, others exported', async () => {
  const slow = createServer((request, response) => request.resume().on('end', () => held.push(response)));
  const held: ServerResponse[] = [];
  const lost = new Map<string, number>();
  const { tracer, close } = openTelemetry({
    endpoint: `http://127.0.0.1:${await fixture.listen(slow)}`,
    sampleRatio: 1,
    resource: {},
    onLost: (spans, reason) => lost.set(reason, (lost.get(reason) ?? 0) + spans),
  });
  // A batch of 512 is under way, and 2,048 wait.
  for (let count = 0; count < 3_000; count++) tracer.start('span').end();
  assert.equal([...lost], [['queue full', 3_000 - 512 - 2_048]]);
  const closed = close();
  await until(() => held.length === 5);
  for (const response of held) response.end();
  await closed;
  assert.equal([...lost.keys()], ['queue full']);
});

test('closing ends within its limit when the receiver is away', async () => {
  const { tracer, close } = openTelemetry({
    endpoint: 'http://127.0.0.1:1',
    sampleRatio: 1,
    resource: {},
    onLost: () => {},
  });
  tracer.start('root').end();
  // Retries of the exporter take 10 seconds.
  await close();
});

test.run();
