import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matchingKeys, searchPattern, shownParts } from '../../../relay/desktop/transcript/search.ts';
import type { SpokenLine } from '../../../relay/desktop/transcript/transcript-state.ts';

const line = (key: string, text: string): SpokenLine => ({
  is: 'spoken',
  key,
  at: 0,
  isReplayed: false,
  role: 'END_USER',
  text,
  parts: [],
  name: '',
  stability: 1,
  isFinal: true,
  time: 0,
  sentiment: undefined,
});

test('an empty query finds nothing', () => {
  assert.is(searchPattern('  '), undefined);
  assert.equal(matchingKeys([line('a', 'text')], searchPattern('')), []);
});

test('a query finds lines in any case, and signs mean themselves', () => {
  const lines = [line('a', 'Is it 42.00?'), line('b', 'is it 42100'), line('c', 'IS IT')];
  assert.equal(matchingKeys(lines, searchPattern('is it')), ['a', 'b', 'c']);
  assert.equal(matchingKeys(lines, searchPattern('42.00')), ['a']);
  assert.equal(matchingKeys(lines, searchPattern('(?')), []);
});

test('what matches is cut out of the text, also within an entity', () => {
  const pattern = searchPattern('mon');
  assert.equal(shownParts('Monday, not common', [], pattern), [
    { text: 'Mon', isMatch: true },
    { text: 'day, not com', isMatch: false },
    { text: 'mon', isMatch: true },
  ]);
  const parts = [{ text: 'on ' }, { text: 'Monday', entity: 'date' }];
  assert.equal(shownParts('on Monday', parts, pattern), [
    { text: 'on ', isMatch: false },
    { text: 'Mon', entity: 'date', isMatch: true },
    { text: 'day', entity: 'date', isMatch: false },
  ]);
  assert.equal(shownParts('plain', [], undefined), [{ text: 'plain', isMatch: false }]);
});

test.run();
