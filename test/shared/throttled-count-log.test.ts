import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLogger } from '../../shared/log.ts';
import { PassedOver } from '../../shared/throttled-count-log.ts';
import { uniqueConversation } from '../helpers/redis.ts';

test('unknown kinds are warned of at most once a minute, with how often they came', () => {
  const lines: { conversation: string; count: number }[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => lines.push(JSON.parse(line)) });
  let now = 1_000_000;
  const passedOver = new PassedOver(logger, () => now);
  const conversation = uniqueConversation();
  for (const pauseMs of [0, 0, 59_999, 1, 0, 60_000]) {
    now += pauseMs;
    passedOver.note(conversation);
  }
  assert.equal(
    lines.map((line) => [line.conversation, line.count]),
    [
      [conversation, 1],
      [conversation, 4],
      [conversation, 6],
    ],
  );
});

test.run();
