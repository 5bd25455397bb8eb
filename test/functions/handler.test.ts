import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLogger } from '../../shared/log.ts';
import { sampleDeliveries, sampleDelivery } from '../shared/sample-events.ts';
import {
  CONVERSATION,
  eventarc,
  good,
  KIND,
  RESULT,
  SECRET,
  startHandler,
  TOPIC,
} from './handler-fixture.ts';

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('takes one argument, or the framework would wait for a callback for ever', () => {
  assert.is(startHandler().handle.length, 1);
});

test('an event is appended, and the answer is nothing', async () => {
  const { handle, appended } = startHandler();
  assert.is(await handle(good()), undefined);
  assert.is(appended.length, 1);
  assert.is(appended[0]?.conversation, 'projects/demo-project/conversations/c-1');
  assert.is(appended[0]?.messageId, '77');
  assert.is(appended[0]?.publishTime, '2026-03-12T09:31:47Z');
  assert.is(JSON.parse(appended[0]?.json ?? '').ack_time, '2026-03-12T14:00:00Z');
});

test("a message without id and time gets the CloudEvent's", async () => {
  const { handle, appended } = startHandler();
  const bare = { messageId: undefined, publishTime: undefined };
  await handle(eventarc({ conversation: CONVERSATION }, bare, { id: 'ce-9' }));
  assert.is(appended[0]?.messageId, 'ce-9');
  assert.is(appended[0]?.publishTime, '2026-03-12T09:31:48Z');
});

for (const outcome of ['duplicate', 'superseded'] as const) {
  test(`a ${outcome} is acknowledged`, async () => {
    const { handle, records } = startHandler([{ ...RESULT, outcome }]);
    await handle(good());
    assert.is(records()[0].outcome, outcome);
  });
}

test('an interim transcript that is dropped is counted in the log', async () => {
  const lines: string[] = [];
  const superseded = { ...RESULT, outcome: 'superseded', reason: 'over' } as const;
  const logger = createLogger(KIND, 'info', { write: (line) => lines.push(line) });
  await startHandler([superseded], { logger }).handle(good());
  assert.is(JSON.parse(lines.join('')).dropped_over, 1);
});

test('dropped interim transcripts are logged by reason, at most once a minute', async () => {
  const lines: { dropped_stale: number; dropped_over: number; dropped: number }[] = [];
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
  const { handle } = startHandler(answers, { logger, now: () => new Date(now) });
  for (const [pauseMs] of drops) {
    now += pauseMs;
    await handle(good());
  }
  assert.equal(
    lines.map((line) => [line.dropped_stale, line.dropped_over, line.dropped]),
    [
      [1, 0, 1],
      [2, 2, 4],
    ],
  );
});

test('an event that is taken says so at debug level only', async () => {
  const lines: string[] = [];
  const second = { ...RESULT, position: { ...RESULT.position, offset: 2 } };
  const { handle } = startHandler([second], {
    logger: createLogger(KIND, 'info', { write: (line) => lines.push(line) }),
  });
  await handle(good());
  assert.equal(lines, []);
});

test('an append that fails for a while is repeated within the request', async () => {
  const { handle, appended } = startHandler([new Error('transient 1'), new Error('transient 2')]);
  assert.is(await handle(good()), undefined);
  assert.is(appended.length, 3);
  assert.is(new Set(appended).size, 1, 'the same event each time');
});

test('an append that cannot succeed rejects, so that Pub/Sub delivers again', async () => {
  const fault = new Error('WRONGTYPE Operation against a key');
  const { handle, appended, records } = startHandler([fault]);
  assert.is(await errorOf(handle(good())), fault);
  assert.is(appended.length, 1);
  const [record] = records();
  assert.equal([record.severity, record.message_id, record.topic], ['ERROR', '77', TOPIC]);
  assert.is(record.err.message, fault.message);
  assert.match(record.message, /deliver it again/);
});

test('an append that fails for longer than the patience rejects with the last error', async () => {
  const down = Array.from({ length: 1_000 }, (_, i) => new Error(`transient ${i}`));
  const { handle, appended } = startHandler(down);
  const error = await errorOf(handle(good()));
  assert.match((error as Error).message, new RegExp(`^transient ${appended.length - 1}$`));
  assert.ok(appended.length > 3);
});

test('a rejection without a value becomes an Error, so that it is a failure', async () => {
  const eventLog = { append: () => Promise.reject(undefined) };
  assert.instance(
    await errorOf(startHandler([], { eventLog, isTransient: () => false }).handle(good())),
    Error,
  );
});

test('an error that carries the event is logged without it', async () => {
  const fault = Object.assign(new Error('ERR refused'), { command: { name: 'evalsha', args: [SECRET] } });
  const { handle, text } = startHandler([fault]);
  assert.is(await errorOf(handle(good())), fault);
  assert.match(text(), /ERR refused/);
  assert.not.match(text(), /zanzibar|phrase/);
});

test('no line of the log has anything of what any sample says', async () => {
  const samples = [...sampleDeliveries('events'), ...sampleDeliveries('odd')];
  const { handle, text, appended } = startHandler([], {
    project: { id: 'brightwater-cc', number: '418820394417' },
    maxBytes: 1 << 20,
  });
  for (const { message } of samples) await handle({ ...good(), data: { message } });
  assert.ok(appended.length > 50);
  assert.not.match(text(), /boiler|pressure|pipe|zero two|hello|not json .|sentiment|transcript"/i);
});

test('a sample of another kind is relayed as what its function is', async () => {
  const { handle, appended } = startHandler([], { project: { id: 'brightwater-cc' }, maxBytes: 1 << 20 });
  await handle({ ...good(), data: { message: sampleDelivery('events/lifecycle-started.json').message } });
  assert.is(appended[0]?.kind, KIND);
});

test.run();
