import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler, type HandlerDeps } from '../../functions/handler.ts';
import type { AgentAssistEvent } from '../../shared/event.ts';
import { createLogger } from '../../shared/log.ts';
import type { AppendResult } from '../../shared/stream/event-log.ts';
import { sampleDeliveries, sampleDelivery } from '../shared/sample-events.ts';

const KIND = 'new-message-event';
const SECRET = 'zanzibar phrase';
const CONVERSATION = 'projects/demo-project/locations/global/conversations/c-1';
const TOPIC = 'projects/demo-project/topics/messages';
const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const RESULT: AppendResult = { outcome: 'appended', position: { epoch: 'e', offset: 1, tag: 't' } };

/** A handler over a log that answers as told, and everything that it did. */
function start(answers: (Error | AppendResult)[] = [], deps: Partial<HandlerDeps> = {}) {
  const lines: string[] = [];
  const appended: AgentAssistEvent[] = [];
  const handle = createHandler({
    kind: KIND,
    project: { id: 'demo-project' },
    maxBytes: 2_048,
    eventLog: {
      append: async (event) => {
        appended.push(event);
        const answer = answers.shift() ?? RESULT;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    isTransient: ({ message }: Error) => message.startsWith('transient'),
    logger: createLogger(KIND, 'debug', { write: (line) => lines.push(line) }),
    now: () => new Date('2026-03-12T14:00:00Z'),
    ...deps,
  });
  return {
    handle,
    appended,
    text: () => lines.join(''),
    records: () => lines.map((line) => JSON.parse(line)),
  };
}

/** A binary-mode CloudEvent of Eventarc. */
function eventarc(content: unknown, message: object = {}, event: object = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const data = Buffer.from(text).toString('base64');
  return {
    id: '77',
    source: `//pubsub.googleapis.com/${TOPIC}`,
    time: '2026-03-12T09:31:48Z',
    traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    data: {
      message: { data, messageId: '77', publishTime: '2026-03-12T09:31:47Z', ...message },
      subscription: 's',
    },
    ...event,
  };
}

const good = (text = SECRET) =>
  eventarc({ conversation: CONVERSATION, newMessagePayload: { content: text } });

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('takes one argument, or the framework would wait for a callback for ever', () => {
  assert.is(start().handle.length, 1);
});

test('an event is appended, and the answer is nothing', async () => {
  const { handle, appended } = start();
  assert.is(await handle(good()), undefined);
  assert.is(appended.length, 1);
  assert.is(appended[0]?.conversation, 'projects/demo-project/conversations/c-1');
  assert.is(appended[0]?.messageId, '77');
  assert.is(appended[0]?.publishTime, '2026-03-12T09:31:47Z');
  assert.is(JSON.parse(appended[0]?.json ?? '').ack_time, '2026-03-12T14:00:00Z');
});

test("a message without id and time gets the CloudEvent's", async () => {
  const { handle, appended } = start();
  const bare = { messageId: undefined, publishTime: undefined };
  await handle(eventarc({ conversation: CONVERSATION }, bare, { id: 'ce-9' }));
  assert.is(appended[0]?.messageId, 'ce-9');
  assert.is(appended[0]?.publishTime, '2026-03-12T09:31:48Z');
});

for (const outcome of ['duplicate', 'superseded'] as const) {
  test(`a ${outcome} is acknowledged`, async () => {
    const { handle, records } = start([{ ...RESULT, outcome }]);
    await handle(good());
    assert.is(records()[0].outcome, outcome);
  });
}

test('an interim transcript that is dropped is counted in the log', async () => {
  const lines: string[] = [];
  const superseded = { ...RESULT, outcome: 'superseded', reason: 'over' } as const;
  const logger = createLogger(KIND, 'info', { write: (line) => lines.push(line) });
  await start([superseded], { logger }).handle(good());
  assert.is(JSON.parse(lines.join('')).dropped_over, 1);
});

test('dropped interim transcripts are logged by reason, at most once a minute', async () => {
  const lines: { dropped_stale: number; dropped_over: number }[] = [];
  const logger = createLogger(KIND, 'info', { write: (line) => lines.push(JSON.parse(line)) });
  const drops = [
    [0, 'stale'],
    [59_999, 'stale'],
    [0, 'over'],
    [0, 'over'],
    [1, 'stale'],
  ] as const;
  let now = Date.parse('2026-03-12T14:00:00Z');
  const answers = drops.map(([, reason]) => ({ ...RESULT, outcome: 'superseded' as const, reason }));
  const { handle } = start(answers, { logger, now: () => new Date(now) });
  for (const [pauseMs] of drops) {
    now += pauseMs;
    await handle(good());
  }
  assert.equal(
    lines.map((line) => [line.dropped_stale, line.dropped_over]),
    [
      [1, 0],
      [2, 2],
    ],
  );
});

test('an event that is taken says so at debug level only', async () => {
  const lines: string[] = [];
  const { handle } = start([], { logger: createLogger(KIND, 'info', { write: (line) => lines.push(line) }) });
  await handle(good());
  assert.equal(lines, []);
});

const DROPPED: Record<string, [event: unknown, fault: string]> = {
  'no message': [{ ...good(), data: {} }, 'no-message'],
  'no data': [eventarc('', { data: undefined }), 'no-data'],
  'no base64': [eventarc('', { data: `${SECRET}!` }), 'not-base64'],
  'no JSON': [eventarc(`${SECRET}`), 'not-json'],
  'no conversation': [eventarc({ text: SECRET }), 'no-conversation'],
  'no conversation name': [eventarc({ conversation: SECRET }), 'not-a-conversation-name'],
  'another project': [
    eventarc({ conversation: 'projects/other/conversations/c', text: SECRET }),
    'other-project',
  ],
  'too much': [eventarc({ conversation: CONVERSATION, text: SECRET.repeat(1_000) }), 'too-large'],
};

for (const [what, [event, fault]] of Object.entries(DROPPED)) {
  test(`a message with ${what} is acknowledged, appended to nothing and logged without its content`, async () => {
    const { handle, appended, records, text } = start();
    assert.is(await handle(event), undefined);
    assert.is(await handle(event), undefined);
    assert.equal(appended, []);
    assert.equal(
      records().map((record) => [record.severity, record.kind, record.fault, record.count]),
      [1, 2].map((count) => ['ERROR', KIND, fault, count]),
    );
    assert.not.match(text(), /zanzibar|phrase/);
    assert.match(records()[0].message, /^event dropped: /);
    // A request without a message is known by its CloudEvent, whose id is the same here.
    assert.is(records()[0].message_id, '77');
    assert.is(records()[0].topic, TOPIC);
    assert.is(records()[0]['logging.googleapis.com/trace'], `projects/demo-project/traces/${TRACE}`);
  });
}

test('each fault is counted by itself', async () => {
  const { handle, records } = start();
  for (const content of ['x', { text: 'x' }, 'x', { conversation: 5 }, 'x']) await handle(eventarc(content));
  assert.equal(
    records().map(({ fault, count }) => `${fault} ${count}`),
    ['not-json 1', 'no-conversation 1', 'not-json 2', 'not-a-conversation-name 1', 'not-json 3'],
  );
});

test('a body that is nothing at all is acknowledged', async () => {
  const { handle, records } = start();
  for (const body of [undefined, null, {}, [], 0, '', 'text']) assert.is(await handle(body), undefined);
  assert.is(records().at(-1).count, 7);
});

test('a message id that is no text or number is not logged', async () => {
  const { handle, text, records } = start();
  for (const messageId of [{ text: SECRET }, [SECRET], true]) await handle(eventarc('x', { messageId }));
  assert.not.match(text(), /zanzibar|phrase/);
  assert.is(records()[0].message_id, '77', "the CloudEvent's instead");
});

test('an append that fails for a while is repeated within the request', async () => {
  const { handle, appended } = start([new Error('transient 1'), new Error('transient 2')]);
  assert.is(await handle(good()), undefined);
  assert.is(appended.length, 3);
  assert.is(new Set(appended).size, 1, 'the same event each time');
});

test('an append that cannot succeed rejects with its error, so that Pub/Sub delivers again', async () => {
  const fault = new Error('WRONGTYPE Operation against a key');
  const { handle, appended, records } = start([fault]);
  assert.is(await errorOf(handle(good())), fault);
  assert.is(appended.length, 1);
  const [record] = records();
  assert.equal([record.severity, record.message_id, record.topic], ['ERROR', '77', TOPIC]);
  assert.is(record.err.message, fault.message);
  assert.match(record.message, /deliver it again/);
});

test('an append that fails for longer than the patience rejects with the last error', async () => {
  const down = Array.from({ length: 1_000 }, (_, i) => new Error(`transient ${i}`));
  const { handle, appended } = start(down);
  const error = await errorOf(handle(good()));
  assert.match((error as Error).message, new RegExp(`^transient ${appended.length - 1}$`));
  assert.ok(appended.length > 3);
});

test('a rejection with nothing in it becomes an Error, for the framework takes it for success', async () => {
  const eventLog = { append: () => Promise.reject(undefined) };
  assert.instance(await errorOf(start([], { eventLog, isTransient: () => false }).handle(good())), Error);
});

test('an error that carries the event is logged without it', async () => {
  const fault = Object.assign(new Error('ERR refused'), { command: { name: 'evalsha', args: [SECRET] } });
  const { handle, text } = start([fault]);
  assert.is(await errorOf(handle(good())), fault);
  assert.match(text(), /ERR refused/);
  assert.not.match(text(), /zanzibar|phrase/);
});

test('the faults of one function are counted apart from those of another', async () => {
  const [one, other] = [start(), start()];
  await one.handle(eventarc('x'));
  await other.handle(eventarc('x'));
  assert.is(other.records()[0].count, 1);
});

test('no line of the log has anything of what any sample says', async () => {
  const samples = [...sampleDeliveries('events'), ...sampleDeliveries('odd')];
  const { handle, text, appended } = start([], {
    project: { id: 'brightwater-cc', number: '418820394417' },
    maxBytes: 1 << 20,
  });
  for (const { message } of samples) await handle({ ...good(), data: { message } });
  assert.ok(appended.length > 50);
  assert.not.match(text(), /boiler|pressure|pipe|zero two|hello|not json .|sentiment|transcript"/i);
});

test('a sample of another kind is relayed as what its function is', async () => {
  const { handle, appended } = start([], { project: { id: 'brightwater-cc' }, maxBytes: 1 << 20 });
  await handle({ ...good(), data: { message: sampleDelivery('events/lifecycle-started.json').message } });
  assert.is(appended[0]?.kind, KIND);
});

test.run();
