import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { traceEvents } from '../../../functions/tracing/trace-events.ts';
import { makeEvent } from '../../helpers/events.ts';
import { RecordingTracer } from '../../helpers/recording-tracer.ts';
import { uniqueConversation } from '../../helpers/redis.ts';

const EVENTARC = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const EVENT = makeEvent(uniqueConversation(), { messageId: '7' });
const POSITION = { epoch: 'e', offset: 3, tag: 't' };

/** A function whose log appends as given. */
function traced(append: () => Promise<void> = async () => {}, { isSampled = true, isLoaded = true } = {}) {
  const tracer = new RecordingTracer();
  tracer.isSampled = isSampled;
  const tracing = Promise.resolve(isLoaded ? { tracer, close: async () => {} } : undefined);
  const events = traceEvents({ kind: EVENT.kind, tracing, redis: { host: 'redis', port: 6379 } });
  const stored: (string | undefined)[] = [];
  const log = events.appending({
    async append(_event, traceparent) {
      stored.push(traceparent);
      await append();
      return { outcome: 'appended', position: POSITION };
    },
  });
  return { tracer, events, log, stored };
}

const cloudEvent = (source = '//pubsub.googleapis.com/projects/p/topics/aa-new-message-topic') => ({
  id: '7',
  source,
  traceparent: EVENTARC,
  data: { message: { messageId: '7', data: '' } },
});

test('an event has a span below that of Eventarc, and the append one below it', async () => {
  const { tracer, events, log, stored } = traced();
  await events.handling(async () => void (await log.append(EVENT)))(cloudEvent());
  const [handled, append] = tracer.spans;
  assert.equal([handled?.name, handled?.parent], ['process aa-new-message-topic', EVENTARC]);
  assert.equal([append?.name, append?.parent], ['append', handled?.traceparent]);
  assert.equal(stored, [append?.traceparent]);
  assert.ok(handled?.hasEnded && append?.hasEnded);
});

test('an append that fails ends both spans with the class of the error', async () => {
  const error = Object.assign(new Error('hush'), { code: 'ECONNRESET' });
  const { tracer, events, log } = traced(() => Promise.reject(error));
  const handled = events.handling(async () => void (await log.append(EVENT)))(cloudEvent());
  assert.is(await handled.catch((reason: unknown) => reason), error);
  assert.equal(
    tracer.spans.map((span) => [span.hasEnded, span.errorType]),
    [
      [true, 'ECONNRESET'],
      [true, 'ECONNRESET'],
    ],
  );
  assert.not.match(JSON.stringify(tracer.spans), 'hush');
});

test('an event that is dropped has its fault on its span', async () => {
  const { tracer, events } = traced();
  await events.handling(async () => events.dropped('too-large'))(cloudEvent());
  const [span] = tracer.spans;
  assert.equal([span?.errorType, span?.attributes['agent_assist.event.fault']], ['too-large', 'too-large']);
});

test('an origin that is no topic is not in the name of a span', async () => {
  const { tracer, events } = traced();
  await events.handling(async () => {})(cloudEvent('//pubsub.googleapis.com/any/thing'));
  await events.handling(async () => {})('nonsense');
  await events.handling(async () => {})(null);
  assert.equal(
    tracer.spans.map((span) => span.name),
    ['process', 'process', 'process'],
  );
});

test('of an event that is not sampled nothing is stored, nor without a tracer', async () => {
  for (const options of [{ isSampled: false }, { isLoaded: false }]) {
    const { tracer, events, log, stored } = traced(undefined, options);
    await events.handling(async () => void (await log.append(EVENT)))(cloudEvent());
    assert.equal([tracer.spans, stored], [[], [undefined]]);
  }
});

test.run();
