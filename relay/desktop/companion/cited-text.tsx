import { useId, useMemo, useState } from 'preact/hooks';
import { SourceItem } from '../actions/source-item.tsx';
import { t } from '../strings/strings.ts';
import { citedAnswer } from './citations.ts';
import type { GroundingMetadata } from './messages.ts';

export interface CitedTextProps {
  answer: string;
  grounding: GroundingMetadata | undefined;
  onOpen: (uri: string) => void;
}

/** An answer with a mark behind each passage that a source supports, and the sources below it. */
export function CitedText({ answer, grounding, onOpen }: CitedTextProps) {
  const { pieces, sources } = useMemo(() => citedAnswer(answer, grounding), [answer, grounding]);
  const [marked, setMarked] = useState<number | undefined>();
  const id = useId();

  function jumpTo(number: number): void {
    setMarked(number);
    document.getElementById(`${id}-${number}`)?.focus();
  }

  return (
    <>
      <p class="turn-text">
        {pieces.map(({ text, citations }, index) => (
          // The pieces of an answer never change places.
          <span key={index}>
            {text}
            {citations.map((number) => (
              <button
                key={number}
                type="button"
                class="citation"
                aria-label={t('companion.citation', { number, title: sources[number - 1]?.title ?? '' })}
                onClick={() => jumpTo(number)}
              >
                {number}
              </button>
            ))}
          </span>
        ))}
      </p>
      {sources.length > 0 && (
        <ol class="citation-sources" aria-label={t('companion.sources')}>
          {sources.map((source, index) => (
            <li
              key={index}
              id={`${id}-${index + 1}`}
              class="source"
              tabIndex={-1}
              data-marked={marked === index + 1 ? '' : undefined}
            >
              <span class="citation-number" aria-hidden="true">
                {index + 1}
              </span>
              <SourceItem source={source} onOpen={onOpen} />
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
