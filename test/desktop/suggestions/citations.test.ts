import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { citedParts, supportsOf } from '../../../relay/desktop/suggestions/citations.ts';

const same = (chunk: number) => chunk;
const support = (startIndex: number, endIndex: number, ...groundingChunkIndices: number[]) => ({
  segment: { startIndex, endIndex },
  groundingChunkIndices,
});

test('indices count bytes of UTF-8, not characters', () => {
  // é has 2 bytes, € has 3, 📦 has 4.
  const content = 'é€📦ab';
  assert.equal(citedParts(content, [support(2, 5, 0), support(9, 10, 1)], same), [
    { text: 'é', sources: [] },
    { text: '€', sources: [0] },
    { text: '📦', sources: [] },
    { text: 'a', sources: [1] },
    { text: 'b', sources: [] },
  ]);
});

test('a start of 0, which JSON leaves out, is the beginning of the text', () => {
  const parts = citedParts('ab', [{ segment: { endIndex: 1 }, groundingChunkIndices: [0] }], same);
  assert.equal(parts, [
    { text: 'a', sources: [0] },
    { text: 'b', sources: [] },
  ]);
});

test('passages that overlap share their middle part', () => {
  assert.equal(citedParts('abcd', [support(0, 3, 1), support(2, 4, 0)], same), [
    { text: 'ab', sources: [1] },
    { text: 'c', sources: [0, 1] },
    { text: 'd', sources: [0] },
  ]);
});

test('a segment whose text stands elsewhere is found by its text', () => {
  const segment = { startIndex: 0, endIndex: 3, text: 'later' };
  assert.equal(citedParts('now or later', [{ segment, groundingChunkIndices: [0] }], same), [
    { text: 'now or ', sources: [] },
    { text: 'later', sources: [0] },
  ]);
});

test('a segment of another text, and a source that is not shown, leave the text whole', () => {
  const other = { segment: { startIndex: 0, endIndex: 3, text: 'gone' }, groundingChunkIndices: [0] };
  assert.equal(citedParts('here', [other], same), [{ text: 'here', sources: [] }]);
  assert.equal(supportsOf('here', [other]), []);
  assert.equal(
    citedParts('here', [support(0, 4, 5)], () => undefined),
    [{ text: 'here', sources: [] }],
  );
});

test('the parts of any text under any indices are the text', () => {
  const index = fc.oneof(fc.integer({ min: -5, max: 200 }), fc.constant(undefined));
  const supports = fc.array(fc.record({ segment: fc.record({ startIndex: index, endIndex: index }) }));
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), supports, (content, found) => {
      const parts = citedParts(
        content,
        found.map((each) => ({ ...each, groundingChunkIndices: [0] })),
        same,
      );
      return parts.map(({ text }) => text).join('') === content && parts.every(({ text }) => text !== '');
    }),
    { numRuns: 2_000 },
  );
});

test('a segment of bytes cuts a text as its UTF-8 is cut', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), fc.nat(30), (content, a, b) => {
      const characters = [...content];
      const before = characters.slice(0, a).join('');
      const passage = characters.slice(a, a + b).join('');
      const start = Buffer.byteLength(before);
      const parts = citedParts(content, [support(start, start + Buffer.byteLength(passage), 0)], same);
      const cited = parts.filter(({ sources }) => sources.length > 0).map(({ text }) => text);
      return cited.join('') === (passage.trim() === '' ? '' : passage);
    }),
    { numRuns: 2_000 },
  );
});

test.run();
