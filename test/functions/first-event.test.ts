// The functions say once for each conversation that its first event was taken.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHandler } from '../../functions/handler.ts';
import { type EventKind, INTERIM_KIND, LIFECYCLE_KIND } from '../../shared/event.ts';
import { createLogger } from '../../shared/log.ts';
import { createEventLog } from '../../shared/stream/event-log.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { eventarc, KIND } from './handler-fixture.ts';

const MESSAGE = 'the first event of a conversation was taken';

const fixture = redisFixture(test);

/** The functions of these kinds on one Redis, and the lines in which they name a conversation. */
function functionsAt(level: string) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger('f', level, { write: (line) => lines.push(JSON.parse(line)) });
  const eventLog = createEventLog(fixture.redis, { historySize: 100, historyTtlSeconds: 60 });
  const handlers = new Map(
    ([KIND, INTERIM_KIND, LIFECYCLE_KIND] as const).map((kind) => [
      kind as EventKind,
      createHandler({
        kind,
        project: { id: TEST_PROJECT },
        maxBytes: 10_000,
        eventLog,
        list: async () => 'listed',
        isTransient: () => false,
        logger,
      }),
    ]),
  );
  let messages = 0;
  const take = (kind: EventKind, conversation: string, messageId = `${++messages}`) =>
    handlers.get(kind)?.(eventarc({ conversation, dialogflowId: messageId }, { messageId }));
  const named = (conversation: string) =>
    lines.filter((line) => line.message === MESSAGE && line.conversation === conversation);
  return { take, named };
}

test('many first events at once, delivered twice, leave one line at info', async () => {
  const { take, named } = functionsAt('info');
  const conversation = uniqueConversation();
  const events = Array.from({ length: 10 }, (_, index) => String(1_000 + index));
  await Promise.all(events.flatMap((id) => [take(KIND, conversation, id), take(KIND, conversation, id)]));
  await take(LIFECYCLE_KIND, conversation);
  const [line, ...more] = named(conversation);
  assert.equal(more, []);
  assert.equal([line?.severity, line?.kind, typeof line?.message_id], ['INFO', KIND, 'string']);
});

test('a first event that is delivered again leaves one line', async () => {
  const { take, named } = functionsAt('info');
  const conversation = uniqueConversation();
  for (let attempt = 0; attempt < 3; attempt++) await take(KIND, conversation, '77');
  assert.is(named(conversation).length, 1);
});

test('interim transcripts before the first event leave no line of their own', async () => {
  const { take, named } = functionsAt('info');
  const conversation = uniqueConversation();
  for (let count = 0; count < 3; count++) await take(INTERIM_KIND, conversation);
  assert.is(named(conversation).length, 0);
  await take(KIND, conversation);
  await take(INTERIM_KIND, conversation);
  assert.is(named(conversation).length, 1);
});

test('at warn there is no line', async () => {
  const { take, named } = functionsAt('warn');
  const conversation = uniqueConversation();
  await take(KIND, conversation);
  assert.equal(named(conversation), []);
});

test.run();
