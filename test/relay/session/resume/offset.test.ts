import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatEntry,
  joinEntries,
  newStay,
  parseOffset,
  tagOf,
} from '../../../../relay/session/resume/offset.ts';
import { type Position, START } from '../../../../shared/stream/position.ts';

const CONVERSATION = 'projects/p/conversations/c';
const at = (offset: number): Position => ({ epoch: 'e'.repeat(8), offset, tag: 't'.repeat(6) });

test('what is joined is read again', () => {
  const entries = new Map([
    [tagOf(CONVERSATION), { position: at(7), stay: '' }],
    [tagOf('projects/p/conversations/d'), { position: at(123_456), stay: newStay() }],
  ]);
  const offset = joinEntries([...entries].map(([tag, entry]) => formatEntry(tag, entry)));
  assert.equal(parseOffset(offset), entries);
});

test('an offset holds no name, and no character that JSON escapes', () => {
  const offset = formatEntry(tagOf(CONVERSATION), { position: at(7), stay: newStay() });
  assert.match(offset, /^[\w-]{6}\.e{8}\.7\.t{6}~[\w-]{8}$/);
  assert.is(JSON.stringify(offset), `"${offset}"`);
});

test('of the start of a log there is no entry', () => {
  assert.is(formatEntry(tagOf(CONVERSATION), { position: START, stay: 'abcdefgh' }), '');
  assert.is(joinEntries(['', 'a', '', 'b']), 'a,b');
});

test('an offset has 2,048 characters at most, and leaves out whole entries', () => {
  const texts = Array.from({ length: 100 }, (_, index) =>
    formatEntry(tagOf(`${CONVERSATION}${index}`), { position: at(index + 1), stay: newStay() }),
  );
  const offset = joinEntries(texts);
  assert.ok(offset.length <= 2_048);
  assert.ok(offset.length > 1_900);
  const entries = parseOffset(offset);
  for (const [tag, { position }] of entries ?? [])
    assert.is(tag, tagOf(`${CONVERSATION}${position.offset - 1}`));
  assert.ok(joinEntries(['x'.repeat(2_049), 'a']) === 'a');
});

test('what is no offset of the relay counts as none, also in part', () => {
  const entry = formatEntry(tagOf(CONVERSATION), { position: at(7), stay: '' });
  assert.ok(parseOffset(entry));
  const others = [
    undefined,
    null,
    7,
    {},
    [entry],
    '',
    'new-message-event',
    ',',
    `${entry},`,
    `,${entry}`,
    `${entry},x`,
    `${entry}~`,
    `${entry}~short`,
    `${entry}~too-long-a-stay`,
    entry.slice(1),
    `${entry}\n`,
    entry.replace('.7.', '.-7.'),
    entry.replace('.7.', '.07.'),
    Array(100).fill(entry).join(','),
  ];
  for (const other of others) assert.is(parseOffset(other), undefined, String(other));
});

test('stays are told apart', () => {
  assert.is(new Set(Array.from({ length: 100 }, newStay)).size, 100);
});

test.run();
