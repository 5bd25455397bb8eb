import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SkippedEvents } from '../../../../relay/session/resume/skipped-events.ts';
import { createLogger } from '../../../../shared/log.ts';
import { START } from '../../../../shared/stream/position.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';

function skippedEvents() {
  const lines: string[] = [];
  const counts: number[] = [];
  const logger = createLogger('relay', 'warn', { write: (line) => lines.push(line) });
  return { lines, counts, events: new SkippedEvents(logger, { skipped: (count) => counts.push(count) }) };
}

const at = (offset: number, epoch = 'e') => ({ epoch, offset, tag: `${offset}` });

test('skipped events are counted, and logged once for each conversation', () => {
  const { events, counts, lines } = skippedEvents();
  const [one, other] = [uniqueConversation(), uniqueConversation()];
  events.note(one, at(10), at(60));
  events.note(one, at(70), at(71));
  events.note(other, at(1), at(3));
  assert.equal(counts, [50, 1, 2]);
  assert.equal(
    lines.map((line) => [JSON.parse(line).conversation, JSON.parse(line).events]),
    [
      [one, 50],
      [other, 2],
    ],
  );
  for (const line of lines) assert.match(line, 'raise HISTORY_SIZE');
});

test('events since the beginning are counted', () => {
  const { events, counts } = skippedEvents();
  events.note(uniqueConversation(), START, at(60));
  assert.equal(counts, [60]);
});

for (const [what, from, to] of [
  ['the same position', at(10), at(10)],
  ['an earlier position', at(10), at(3)],
  ['another life of the log', at(10), at(60, 'f')],
] as const) {
  test(`nothing is counted for ${what}`, () => {
    const { events, counts, lines } = skippedEvents();
    events.note(uniqueConversation(), from, to);
    assert.equal([counts, lines], [[], []]);
  });
}

test.run();
