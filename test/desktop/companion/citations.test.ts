import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { citedAnswer } from '../../../relay/desktop/companion/citations.ts';
import type { GroundingMetadata, GroundingSupport } from '../../../relay/desktop/companion/messages.ts';

const DOCUMENT = {
  retrievedContext: { uri: 'https://example.com/a', title: 'Returns', text: 'Free for 30 days.' },
};
const WEB = { web: { uri: 'https://www.example.org/b', title: '', domain: 'example.org' } };

const bytes = (text: string) => Buffer.byteLength(text);

/** A support of the passage, with its place in bytes. */
function support(answer: string, passage: string, ...groundingChunkIndices: number[]): GroundingSupport {
  const startIndex = bytes(answer.slice(0, answer.indexOf(passage)));
  const segment = { startIndex, endIndex: startIndex + bytes(passage), text: passage };
  return { segment, groundingChunkIndices };
}

/** The answer with its citations in brackets. */
function cited(
  answer: string,
  groundingSupports: GroundingSupport[],
  groundingChunks: object[] = [DOCUMENT, WEB],
): string {
  const { pieces } = citedAnswer(answer, { groundingChunks, groundingSupports });
  return pieces
    .map(({ text, citations }) => (citations.length === 0 ? text : `${text}[${citations}]`))
    .join('');
}

test('a passage behind characters of four bytes is cited where it ends', () => {
  const answer = 'Three days. \u{1F4E6} Returns are free. Caf\u00e9 too.';
  assert.is(
    cited(answer, [support(answer, 'Returns are free.', 0)]),
    'Three days. \u{1F4E6} Returns are free.[1] Caf\u00e9 too.',
  );
});

test('an answer without metadata is one piece without a citation', () => {
  assert.equal(citedAnswer('Hello', undefined), { pieces: [{ text: 'Hello', citations: [] }], sources: [] });
});

test('passages that overlap are each cited at their own end', () => {
  const answer = 'One two three';
  const supports = [support(answer, 'One two', 0), support(answer, 'two three', 1)];
  assert.is(cited(answer, supports), 'One two[1] three[2]');
});

test('two supports with one end are one list of numbers, each once and in order', () => {
  const answer = 'One two';
  assert.is(cited(answer, [support(answer, 'two', 1, 0), support(answer, 'One two', 0)]), 'One two[1,2]');
});

test('chunks of one document are one source', () => {
  const answer = 'One and two';
  const supports = [support(answer, 'One', 0), support(answer, 'two', 1, 2)];
  assert.is(cited(answer, supports, [DOCUMENT, DOCUMENT, WEB]), 'One[1] and two[1,2]');
});

test('a place that does not fit its text is looked for by the text', () => {
  const wrong = { segment: { startIndex: 0, endIndex: 3, text: 'two' }, groundingChunkIndices: [0] };
  assert.is(cited('One two', [wrong]), 'One two[1]');
});

test('a support without a place or a known chunk is left out', () => {
  const supports = [
    { segment: { text: 'elsewhere' }, groundingChunkIndices: [0] },
    { segment: { startIndex: 0, endIndex: 3 }, groundingChunkIndices: [7] },
    {},
  ];
  assert.is(cited('One two', supports), 'One two');
});

test('sources have a title, and an address of the web to open', () => {
  const groundingChunks = [DOCUMENT, WEB, { retrievedContext: { uri: 'javascript:alert(1)' } }, {}];
  const { sources } = citedAnswer('x', { groundingChunks });
  assert.equal(
    sources.map(({ title, href }) => [title, href]),
    [
      ['Returns', 'https://example.com/a'],
      ['example.org', 'https://www.example.org/b'],
      ['javascript:alert(1)', undefined],
    ],
  );
});

test('whatever the metadata says, the pieces joined are the answer', () => {
  const index = fc.option(fc.integer({ min: -5, max: 60 }), { nil: undefined });
  const supports = fc.array(
    fc.record({
      segment: fc.record({
        startIndex: index,
        endIndex: index,
        text: fc.string({ maxLength: 5, unit: 'binary' }),
      }),
      groundingChunkIndices: fc.array(fc.integer({ min: -1, max: 3 })),
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), supports, (answer, groundingSupports) => {
      const metadata = { groundingChunks: [DOCUMENT, WEB], groundingSupports } as GroundingMetadata;
      const joined = citedAnswer(answer, metadata).pieces.map(({ text }) => text);
      assert.is(joined.join(''), answer);
    }),
  );
});

test.run();
