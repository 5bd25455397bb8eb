import { list, number, object, text } from './json.ts';

/** A part of a text, and the numbers of the sources that support it, from 0. */
export interface CitedPart {
  text: string;
  sources: readonly number[];
}

/** More supports than any answer has; they are compared with each other. */
const MOST_SUPPORTS = 200;

/** A passage of a text, in UTF-16 units as JavaScript counts, and its sources. */
interface Passage {
  start: number;
  end: number;
  sources: readonly number[];
}

/**
 * Divides a text at the borders of the passages that sources support.
 *
 * @param supports `groundingSupports` of a GroundingMetadata. The indices of a segment count bytes of UTF-8, its end is
 * exclusive, and a start of 0 is left out.
 * @param sourceOf the number of a grounding chunk's source, undefined where it is not shown.
 */
export function citedParts(
  content: string,
  supports: unknown,
  sourceOf: (chunk: number) => number | undefined,
): CitedPart[] {
  if (content === '') return [];
  const passages = passagesOf(content, supports, sourceOf);
  const borders = new Set([0, content.length, ...passages.flatMap(({ start, end }) => [start, end])]);
  const sorted = [...borders].sort((a, b) => a - b);
  return sorted.slice(1).map((end, index) => {
    const start = sorted[index] ?? 0;
    const inside = passages.filter((passage) => passage.start <= start && passage.end >= end);
    const sources = new Set(inside.flatMap((passage) => passage.sources));
    return { text: content.slice(start, end), sources: [...sources].sort((a, b) => a - b) };
  });
}

/** The supports that speak of this text, where an answer has several texts. */
export function supportsOf(content: string, supports: unknown): unknown[] {
  return list(supports).filter((support) => passageOf(content, object(support).segment) !== undefined);
}

function passagesOf(
  content: string,
  supports: unknown,
  sourceOf: (chunk: number) => number | undefined,
): Passage[] {
  return list(supports)
    .slice(0, MOST_SUPPORTS)
    .flatMap((value) => {
      const support = object(value);
      const passage = passageOf(content, support.segment);
      const sources = list(support.groundingChunkIndices)
        .map((index) => sourceOf(number(index) ?? -1))
        .filter((source) => source !== undefined);
      return passage && sources.length > 0 ? [{ ...passage, sources }] : [];
    });
}

/** Where the segment is. Its own text decides: indices that do not lead to it are of another text. */
function passageOf(content: string, segment: unknown): { start: number; end: number } | undefined {
  const { startIndex, endIndex, text: quoted } = object(segment);
  const expected = text(quoted);
  const start = characterIndex(content, number(startIndex) ?? 0);
  const end = characterIndex(content, number(endIndex) ?? 0);
  const found = content.slice(start, end);
  if (found.trim() !== '' && (expected === '' || found.trim() === expected)) return { start, end };
  const elsewhere = expected === '' ? -1 : content.indexOf(expected);
  return elsewhere === -1 ? undefined : { start: elsewhere, end: elsewhere + expected.length };
}

/** The UTF-16 index of a byte of the text's UTF-8. A byte within a character leads to that character. */
function characterIndex(content: string, byte: number): number {
  let bytes = 0;
  let index = 0;
  for (const character of content) {
    const length = utf8Length(character.codePointAt(0) ?? 0);
    if (bytes + length > byte) break;
    bytes += length;
    index += character.length;
  }
  return index;
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
