import { webAddress } from '../actions/web-address.ts';
import type { GroundingChunk, GroundingMetadata, GroundingSupport } from './messages.ts';

/** A source that the answer quotes. */
export interface Citation {
  /** From 1, as the marks in the text have it. */
  number: number;
  title: string;
  /** http or https, nothing else. */
  uri?: string;
  /** The passage, where the source gives it. */
  text?: string;
}

/** A piece of the answer, and the numbers of the sources that stand for it. */
export interface CitedPart {
  text: string;
  citations: readonly number[];
}

export interface CitedAnswer {
  parts: readonly CitedPart[];
  sources: readonly Citation[];
}

interface Span {
  /** In UTF-16 units, the end exclusive. */
  start: number;
  end: number;
  citations: number[];
}

/**
 * An answer cut where its citations begin and end. Joined, the parts are the answer, whatever the metadata says: a
 * segment that does not fit is looked for by its text, and left out where the answer does not have it.
 */
export function citedAnswer(answer: string, metadata: GroundingMetadata | undefined): CitedAnswer {
  const { sources, numbers } = sourcesOf(listOf(metadata?.groundingChunks));
  const units = unitsByByte(answer);
  const spans = listOf(metadata?.groundingSupports).flatMap((support): Span[] => {
    const citations = [
      ...new Set(listOf(support?.groundingChunkIndices).flatMap((i) => numbers.get(i) ?? [])),
    ];
    const range = citations.length === 0 ? undefined : rangeOf(answer, units, support);
    return range === undefined ? [] : [{ ...range, citations: citations.sort((a, b) => a - b) }];
  });
  return { parts: partsOf(answer, spans), sources };
}

/** Chunks of one document are one source. */
function sourcesOf(chunks: readonly GroundingChunk[]): { sources: Citation[]; numbers: Map<number, number> } {
  const sources: Citation[] = [];
  const numbers = new Map<number, number>();
  chunks.forEach((chunk, index) => {
    const { uri, title } = chunk?.web ?? chunk?.retrievedContext ?? {};
    const text = chunk?.retrievedContext?.text;
    const address = webAddress(uri);
    const name = title || chunk?.web?.domain || address || '';
    const same = sources.find(
      (source) => source.title === name && source.uri === address && source.text === text,
    );
    if (same !== undefined) {
      numbers.set(index, same.number);
      return;
    }
    const number = sources.length + 1;
    sources.push({ number, title: name, ...(address ? { uri: address } : {}), ...(text ? { text } : {}) });
    numbers.set(index, number);
  });
  return { sources, numbers };
}

/** For each byte of the text in UTF-8 at which a character begins, and for its end, the index in UTF-16 units. */
function unitsByByte(text: string): Map<number, number> {
  const units = new Map<number, number>();
  let [byte, unit] = [0, 0];
  for (const character of text) {
    units.set(byte, unit);
    byte += utf8Length(character.codePointAt(0) ?? 0);
    unit += character.length;
  }
  return units.set(byte, unit);
}

function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

function rangeOf(
  answer: string,
  units: ReadonlyMap<number, number>,
  { segment }: GroundingSupport,
): { start: number; end: number } | undefined {
  const start = units.get(segment?.startIndex ?? 0);
  const end = segment?.endIndex === undefined ? undefined : units.get(segment.endIndex);
  const quoted = segment?.text ?? '';
  const isInText = start !== undefined && end !== undefined && start < end;
  if (isInText && (quoted === '' || answer.slice(start, end) === quoted)) return { start, end };
  const found = quoted === '' ? -1 : answer.indexOf(quoted);
  return found === -1 ? undefined : { start: found, end: found + quoted.length };
}

/** A citation stands at the end of what it is about, so the text is cut at the ends alone. */
function partsOf(answer: string, spans: readonly Span[]): CitedPart[] {
  const ends = [...new Set(spans.map(({ end }) => end))].sort((a, b) => a - b);
  const parts: CitedPart[] = [];
  let from = 0;
  for (const end of ends) {
    const citations = new Set(spans.filter((span) => span.end === end).flatMap((span) => span.citations));
    parts.push({ text: answer.slice(from, end), citations: [...citations].sort((a, b) => a - b) });
    from = end;
  }
  if (from < answer.length || parts.length === 0) parts.push({ text: answer.slice(from), citations: [] });
  return parts;
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
