import type { Source } from '../suggestions/card-types.ts';
import { citedParts } from '../suggestions/citations.ts';
import { list } from '../suggestions/json.ts';
import { chunkSource, distinct, placeOf } from '../suggestions/sources.ts';
import type { GroundingMetadata } from './messages.ts';

/** A piece of the answer, and the numbers of the sources, from 1, that stand behind it. */
export interface CitedPiece {
  text: string;
  citations: readonly number[];
}

export interface CitedAnswer {
  pieces: readonly CitedPiece[];
  sources: readonly Source[];
}

/**
 * An answer cut where its citations stand, each behind the passage that its source supports. Joined, the pieces are the
 * answer, whatever the metadata says.
 */
export function citedAnswer(answer: string, metadata: GroundingMetadata | undefined): CitedAnswer {
  const chunks = list(metadata?.groundingChunks).map(chunkSource);
  const sources = distinct(chunks.filter((source) => source !== undefined));
  const places = new Map(sources.map((source, index) => [placeOf(source), index]));
  const parts = citedParts(answer, metadata?.groundingSupports, (chunk) => {
    const source = chunks[chunk];
    return source && places.get(placeOf(source));
  });
  const pieces = parts.map((part, index) => {
    const goesOn = parts[index + 1]?.sources ?? [];
    const ending = part.sources.filter((source) => !goesOn.includes(source));
    return { text: part.text, citations: ending.map((source) => source + 1) };
  });
  return { pieces, sources };
}
