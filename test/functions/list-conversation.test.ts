// Which events a function writes into the list of conversations, and what becomes of an event when that fails.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INDEX_PATIENCE_MS, type Listed, listConversation } from '../../functions/list-conversation.ts';
import type { NotedEvent } from '../../shared/conversation-index/conversation-index.ts';
import { type EventKind, INTERIM_KIND, LIFECYCLE_KIND } from '../../shared/event.ts';
import { createLogger } from '../../shared/log.ts';
import type { AppendResult } from '../../shared/stream/event-log.ts';
import { CONVERSATION, eventarc, good, startHandler } from './handler-fixture.ts';

const EVENT = {
  conversation: 'projects/demo-project/conversations/c-1',
  publishTime: '2026-03-12T09:31:47Z',
} as const;

const at = (offset: number): AppendResult => ({
  outcome: 'appended',
  position: { epoch: 'e', offset, tag: 't' },
});

/** A handler of this kind whose log answers so, and which of its events it has listed. */
function startListing(kind: EventKind, answers: (Error | AppendResult)[], results: Listed[] = []) {
  const listed: NotedEvent[] = [];
  const { handle } = startHandler(answers, {
    kind,
    list: async (event) => {
      listed.push(event);
      return results.shift() ?? 'listed';
    },
  });
  return { handle, listed };
}

/** An index that answers so, and the lines of the log. */
function startIndex(note: () => Promise<void>) {
  const lines: string[] = [];
  const logger = createLogger('function', 'info', { write: (line) => lines.push(line) });
  return { list: listConversation({ index: { note }, logger, now: () => 0 }), lines };
}

test('the first event of a log is listed, and no later one', async () => {
  const { handle, listed } = startListing('new-message-event', [at(1), at(2), at(3)]);
  for (let count = 0; count < 3; count++) await handle(good());
  assert.is(listed.length, 1);
  assert.is(listed[0]?.conversation, EVENT.conversation);
});

test('an interim transcript behind the first event is not listed', async () => {
  const { handle, listed } = startListing(INTERIM_KIND, [at(1)]);
  await handle(good());
  assert.equal(listed, []);
});

test('each lifecycle event is listed once, wherever it stands in the log', async () => {
  const { handle, listed } = startListing(LIFECYCLE_KIND, [at(1), at(7)]);
  await handle(eventarc({ conversation: CONVERSATION, type: 'CONVERSATION_STARTED' }));
  await handle(eventarc({ conversation: CONVERSATION, type: 'CONVERSATION_FINISHED' }));
  assert.equal(
    listed.map(({ finishes }) => finishes),
    [undefined, true],
  );
});

test('a lifecycle event is listed while it is appended, and acknowledged after both', async () => {
  const order: string[] = [];
  const append = Promise.withResolvers<AppendResult>();
  const listing = Promise.withResolvers<Listed>();
  const { handle } = startHandler([], {
    kind: LIFECYCLE_KIND,
    eventLog: { append: () => append.promise },
    list: () => {
      order.push('list');
      return listing.promise;
    },
  });
  const handled = handle(good()).then(() => order.push('acknowledged'));
  assert.equal(order, ['list']);
  append.resolve(at(1));
  await sleep(5);
  assert.equal(order, ['list']);
  listing.resolve('listed');
  await handled;
  assert.equal(order, ['list', 'acknowledged']);
});

test('a lifecycle event that could not be listed before its append is listed after it', async () => {
  const { handle, listed } = startListing(LIFECYCLE_KIND, [new Error('transient'), at(1)], ['failed']);
  await handle(good());
  assert.is(listed.length, 2);
});

test('an event is acknowledged when its conversation cannot be listed', async () => {
  const { handle, listed } = startListing(LIFECYCLE_KIND, [at(1)], ['failed', 'failed']);
  assert.is(await handle(good()), undefined);
  assert.is(listed.length, 2);
});

test('a failing append rejects with its own error, whatever the list says', async () => {
  const { handle } = startListing(LIFECYCLE_KIND, [new Error('WRONGTYPE')], ['failed']);
  const error = await handle(good()).catch((reason: unknown) => reason);
  assert.match(String(error), 'WRONGTYPE');
});

test('an index that refuses is logged once a minute, and nobody is rejected', async () => {
  const { list, lines } = startIndex(() => Promise.reject(new Error('READONLY of a replica')));
  assert.is(await list(EVENT), 'failed');
  assert.is(await list(EVENT), 'failed');
  assert.is(lines.length, 1);
  assert.match(lines[0] ?? '', /"message":"Redis did not take events into the list of conversations"/);
  assert.match(lines[0] ?? '', 'READONLY');
});

test('an index that hangs holds an acknowledgement up for a moment only', async () => {
  const { list } = startIndex(() => new Promise(() => {}));
  const startedAt = performance.now();
  assert.is(await list(EVENT), 'slow');
  assert.ok(performance.now() - startedAt >= INDEX_PATIENCE_MS - 5);
});

test('an index that takes the event says so', async () => {
  assert.is(await startIndex(async () => {}).list(EVENT), 'listed');
});

test.run();
