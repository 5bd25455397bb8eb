import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromCursor, ROOT_TAG, START, toCursor } from '../../../shared/stream/position.ts';

test('the place before the first event of any log is the cursor 0', () => {
  assert.is(toCursor(START), '0');
  assert.equal(fromCursor('0'), START);
  assert.equal(START, { epoch: '', offset: 0, tag: ROOT_TAG });
});

test('START cannot be changed', () => {
  assert.throws(() => Object.assign(START, { offset: 5 }));
});

test('a position is written as epoch, offset and tag', () => {
  assert.is(toCursor({ epoch: 'aB_-9x', offset: 42, tag: 't_-4Zq' }), 'aB_-9x.42.t_-4Zq');
});

test('the place before the first event of an epoch differs from START', () => {
  const position = { epoch: 'e', offset: 0, tag: ROOT_TAG };
  assert.equal(fromCursor(toCursor(position)), position);
});

test('every position comes back from its cursor', () => {
  const name = fc.string({ unit: fc.constantFrom(...'abzAZ09_-'), minLength: 1, maxLength: 32 });
  fc.assert(
    fc.property(name, fc.integer({ min: 0, max: 999_999_999_999_999 }), name, (epoch, offset, tag) => {
      const position = { epoch, offset, tag };
      assert.equal(fromCursor(toCursor(position)), position);
    }),
  );
});

const FOREIGN: Record<string, unknown> = {
  'no text': 0,
  undefined: undefined,
  null: null,
  'the empty text': '',
  'another number alone': '1',
  'a leading zero': 'e.01.t',
  'a negative offset': 'e.-1.t',
  'a fraction': 'e.1.5.t',
  'an exponent': 'e.1e3.t',
  'an offset beyond what a number can tell': 'e.9007199254740993.t',
  'no tag': 'e.1',
  'an empty tag': 'e.1.',
  'an empty epoch': '.1.t',
  'a fourth part': 'e.1.t.x',
  'a space': 'e.1.t ',
  'a line feed at the end': 'e.1.t\n',
  'other characters': 'é.1.t',
  'an epoch of a megabyte': `${'e'.repeat(1 << 20)}.1.t`,
  'an object that turns into a cursor': { toString: () => 'e.1.t' },
};

for (const [what, cursor] of Object.entries(FOREIGN)) {
  test(`${what} is not a cursor`, () => {
    assert.is(fromCursor(cursor), undefined);
  });
}

test('no text at all makes it throw, and what it takes it writes the same again', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[a-z0-9]*\.[0-9]*\.[a-z0-9]*$/)),
      (text) => {
        const position = fromCursor(text);
        if (position !== undefined) assert.is(toCursor(position), text);
      },
    ),
  );
});

test.run();
