import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { revealedLength } from '../../../relay/desktop/companion/reveal.ts';

test('a text is revealed in whole words, all of it within a few steps', () => {
  const text = 'Deliveries take three days.  \u{1F4E6} Returns are free for 30 days.\n';
  const shown: string[] = [];
  for (let length = 0; length < text.length; ) {
    length = revealedLength(text, length);
    shown.push(text.slice(0, length));
  }
  assert.is(shown[0], 'Deliveries take ');
  assert.is(shown.at(-1), text);
  assert.ok(shown.every((part) => part === text || /\s$/.test(part)));
  assert.ok(shown.length <= 12, `${shown.length} steps`);
  assert.is(revealedLength('a   ', 1), 4);
});

test.run();
