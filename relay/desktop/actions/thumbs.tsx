import type { ReadonlySignal } from '@preact/signals';
import { t } from '../strings/strings.ts';
import type { Opinion } from '../suggestions/opinions.ts';
import { IconButton } from '../ui/icon-button.tsx';

interface ThumbsProps {
  opinion: ReadonlySignal<Opinion>;
  onRate(rating: 'good' | 'bad'): void;
}

/** Rates an answer. The thumb that is pressed takes the rating back, and the other one changes it. */
export function Thumbs({ opinion, onRate }: ThumbsProps) {
  const { rating, hasFailed } = opinion.value;
  return (
    <span class="thumbs">
      <span class="thumbs-note" role="status">
        {hasFailed && t('rating.failed')}
      </span>
      {(['good', 'bad'] as const).map((each) => (
        <IconButton
          key={each}
          icon={each === 'good' ? 'thumb-up' : 'thumb-down'}
          label={t(`rating.${each}`)}
          title={t(rating === each ? 'rating.takeBack' : `rating.${each}`)}
          aria-pressed={rating === each}
          onClick={() => onRate(each)}
        />
      ))}
    </span>
  );
}
