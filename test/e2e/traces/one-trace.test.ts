// One trace from the CloudEvent to the socket: real functions, Redis and relays, and a collector that decodes OTLP.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type OtlpCollector, type ReceivedSpan, startCollector } from '../../helpers/otlp-collector.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import {
  buildSystem,
  CONTENT,
  KIND,
  nameOf,
  openDesktop,
  openPage,
  type TracedSystem,
} from './traced-system.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const EVENTARC_SPAN = 'b7ad6b7169203331';
const SAMPLED = `00-${TRACE}-${EVENTARC_SPAN}-01`;
const UNSAMPLED = `00-${'1'.repeat(32)}-${EVENTARC_SPAN}-00`;

const fixture = redisFixture(test);
let system: TracedSystem;
let collector: OtlpCollector;

test.before(async () => {
  system = await buildSystem(fixture, fixture.server.env);
  collector = await startCollector(fixture);
});

const traced = (ratio = '1') => ({
  TRACES: 'otlp',
  TRACES_SAMPLE_RATIO: ratio,
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
});

/** The one span of that name in a trace. */
function spanIn(trace: string, name: string): ReceivedSpan {
  const found = collector.spans.filter((span) => span.traceId === trace && span.name === name);
  assert.is(found.length, 1, `${name}: ${collector.spans.map((span) => span.name).join(', ')}`);
  return found[0] as ReceivedSpan;
}

test('one trace leads from the CloudEvent to the socket, and the event does not change', async () => {
  const [tracedFunction, plainFunction, tracedRelay, plainRelay] = await Promise.all([
    system.startFunction(traced()),
    system.startFunction({}),
    system.startRelay(traced()),
    system.startRelay({}),
  ]);
  // Every relay gets the events of both functions, as during a deploy.
  const desktops = await Promise.all(
    [tracedRelay, plainRelay].flatMap((relay) =>
      ['with-traces', 'not-a-trace'].map((id) => openDesktop(fixture, relay, id)),
    ),
  );
  const second = await openDesktop(fixture, tracedRelay, 'with-traces');
  const pages = await Promise.all(
    [tracedRelay, plainRelay].map((relay) => openPage(fixture, relay, 'with-traces')),
  );
  assert.is(await tracedFunction.deliver('with-traces', '7001', SAMPLED), 204);
  assert.is(await plainFunction.deliver('not-a-trace', '7001', SAMPLED), 204);
  assert.is(await tracedFunction.deliver('unsampled', '7002', UNSAMPLED), 204);
  for (const desktop of [...desktops, second]) await until(() => desktop.events.length === 1);

  const [traced1, plain1, traced2, plain2] = desktops.map((desktop) =>
    String(desktop.payloads.find((bytes) => bytes.toString().includes(CONTENT))),
  );
  assert.is(traced1, traced2, 'a relay with traces and one without');
  assert.is(plain1, plain2);
  for (const { packets } of pages) await until(() => packets.length === 1);
  assert.is(pages[0]?.packets[0], pages[1]?.packets[0], 'the same over Socket.IO');
  // Of two functions, each has its own clock and its own position in the log.
  const own = /"(?:cursor|ack_time)":"[^"]+"/g;
  assert.is(traced1?.replaceAll('with-traces', 'not-a-trace').replace(own, ''), plain1?.replace(own, ''));

  // SIGTERM exports what has ended.
  await Promise.all([tracedFunction.child.stop(), plainFunction.child.stop()]);
  await Promise.all([tracedRelay.stop(), plainRelay.stop()]);

  const handled = spanIn(TRACE, `process ${KIND}`);
  const append = spanIn(TRACE, 'append');
  const deliver = spanIn(TRACE, 'deliver');
  assert.is(handled.parentId, EVENTARC_SPAN);
  assert.is(append.parentId, handled.spanId);
  assert.is(deliver.parentId, append.spanId);
  assert.equal(deliver.links, [{ traceId: TRACE, spanId: append.spanId }]);
  assert.equal([handled.kind, append.kind, deliver.kind], ['consumer', 'producer', 'consumer']);
  assert.ok(handled.start <= append.start && append.start <= deliver.start && append.end <= handled.end);
  assert.equal([handled.resource['service.name'], deliver.resource['service.name']], [KIND, 'relay']);
  const conversation = nameOf('with-traces').replace('/locations/global', '');
  assert.equal(handled.attributes, {
    'faas.trigger': 'pubsub',
    'messaging.system': 'gcp_pubsub',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': KIND,
    'messaging.message.id': '7001',
    'messaging.message.conversation_id': conversation,
    'agent_assist.event.kind': KIND,
  });
  assert.equal(append.attributes, {
    'messaging.system': 'redis',
    'messaging.operation.name': 'append',
    'messaging.operation.type': 'send',
    'messaging.message.id': '7001',
    'messaging.message.conversation_id': conversation,
    'db.system.name': 'redis',
    'server.address': fixture.server.env.REDISHOST,
    'server.port': Number(fixture.server.env.REDISPORT),
    'agent_assist.event.kind': KIND,
    'agent_assist.append.outcome': 'appended',
    'agent_assist.log.offset': 1,
  });
  assert.equal(deliver.attributes, {
    'messaging.system': 'redis',
    'messaging.operation.name': 'deliver',
    'messaging.operation.type': 'process',
    'messaging.message.id': '7001',
    'messaging.message.conversation_id': conversation,
    'agent_assist.event.kind': KIND,
    'agent_assist.log.offset': 1,
    'agent_assist.desktops': 3,
  });

  // Joins are traces of their own, with the replay inside.
  const joins = collector.spans.filter((span) => span.name === 'join');
  const replays = collector.spans.filter((span) => span.name === 'replay');
  assert.equal(
    joins.map((join) => [join.parentId, join.kind, join.attributes['agent_assist.join.start']]).sort(),
    ['position', 'position', 'position', 'remembered'].map((start) => ['', 'server', start]),
  );
  assert.equal(replays.map((span) => span.parentId).sort(), joins.map((span) => span.spanId).sort());
  assert.ok(collector.spans.every((span) => span.traceId !== '1'.repeat(32)));
  for (const body of collector.bodies) assert.not.match(body.toString('latin1'), /card|4711|eyJ/);
});

test('a receiver that fails costs no event, and leaves one line without what it said', async () => {
  const refusing = await startCollector(fixture, 500);
  const { deliver, child, log } = await system.startFunction({
    ...traced(),
    OTEL_EXPORTER_OTLP_ENDPOINT: refusing.url,
  });
  for (const messageId of ['1', '2', '3']) assert.is(await deliver('failing', messageId, SAMPLED), 204);
  await child.stop();
  const text = readFileSync(log, 'utf8');
  const lines = text.split('\n').filter((line) => line.includes('traces were not exported'));
  assert.is(lines.length, 1, text);
  assert.match(lines[0] ?? '', /"reason":"HTTP 500"/);
  assert.not.match(text, /secret-of-the-receiver|4711/);
});

test.run();
