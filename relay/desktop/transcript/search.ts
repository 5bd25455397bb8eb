import type { TextPart, TranscriptLine } from './transcript-state.ts';

/** A piece of a line as it is shown. */
export interface ShownPart extends TextPart {
  isMatch: boolean;
}

/** What finds a query in a text, in any case; undefined for an empty query. */
export function searchPattern(query: string): RegExp | undefined {
  const words = query.trim();
  return words === '' ? undefined : new RegExp(words.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi');
}

/** Keys of the lines that hold the query, in their order. */
export function matchingKeys(lines: readonly TranscriptLine[], pattern: RegExp | undefined): string[] {
  if (pattern === undefined) return [];
  return lines.flatMap((line) => (line.is === 'spoken' && line.text.search(pattern) >= 0 ? [line.key] : []));
}

/** The text in pieces, by its entities and by what matches. */
export function shownParts(
  text: string,
  parts: readonly TextPart[],
  pattern: RegExp | undefined,
): ShownPart[] {
  return (parts.length === 0 ? [{ text }] : parts).flatMap((part) => split(part, pattern));
}

function split(part: TextPart, pattern: RegExp | undefined): ShownPart[] {
  if (pattern === undefined) return [{ ...part, isMatch: false }];
  const pieces: ShownPart[] = [];
  let end = 0;
  for (const match of part.text.matchAll(pattern)) {
    pieces.push({ ...part, text: part.text.slice(end, match.index), isMatch: false });
    pieces.push({ ...part, text: match[0], isMatch: true });
    end = match.index + match[0].length;
  }
  pieces.push({ ...part, text: part.text.slice(end), isMatch: false });
  return pieces.filter((piece) => piece.text !== '');
}
