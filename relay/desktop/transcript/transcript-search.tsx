import type { RefObject } from 'preact';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { IconButton } from '../ui/icon-button.tsx';

interface TranscriptSearchProps {
  field: RefObject<HTMLInputElement | null>;
  query: string;
  /** How many lines match, and which of them is shown, from 0. */
  count: number;
  index: number;
  onQuery(query: string): void;
  onStep(by: 1 | -1): void;
}

export function TranscriptSearch({ field, query, count, index, onQuery, onStep }: TranscriptSearchProps) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') {
      onQuery('');
      field.current?.blur();
    } else return;
    event.preventDefault();
  };
  return (
    <search class="transcript-search">
      <Icon name="search" />
      <input
        ref={field}
        type="search"
        value={query}
        placeholder={t('transcript.search')}
        aria-label={t('transcript.search')}
        onInput={({ currentTarget }) => onQuery(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {query !== '' && (
        <>
          <output class="match-count" aria-live="off">
            {count === 0 ? t('transcript.noMatch') : t('transcript.matches', { index: index + 1, count })}
          </output>
          <IconButton
            icon="arrow-up"
            label={t('transcript.previous')}
            disabled={count === 0}
            onClick={() => onStep(-1)}
          />
          <IconButton
            icon="arrow-down"
            label={t('transcript.next')}
            disabled={count === 0}
            onClick={() => onStep(1)}
          />
        </>
      )}
    </search>
  );
}
