import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DroppedInterims } from '../../functions/dropped-interims.ts';
import { createLogger } from '../../shared/log.ts';

test('dropped interim transcripts are counted by reason, at once and then once a minute', () => {
  const lines: { dropped_stale: number; dropped_over: number }[] = [];
  let now = 0;
  const logger = createLogger('a-function', 'info', { write: (line) => lines.push(JSON.parse(line)) });
  const drops = new DroppedInterims(logger, () => now);
  const logged = () => lines.map((line) => [line.dropped_stale, line.dropped_over]);

  drops.note('stale');
  assert.equal(logged(), [[1, 0]]);
  now = 59_999;
  for (const reason of ['stale', 'over', 'over'] as const) drops.note(reason);
  assert.is(lines.length, 1);
  now = 60_000;
  drops.note('stale');
  assert.equal(logged(), [
    [1, 0],
    [2, 2],
  ]);
});

test.run();
