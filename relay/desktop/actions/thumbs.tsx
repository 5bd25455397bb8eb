import { useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';

type Rating = 'good' | 'bad';

/** Rates an answer once. A rating that could not be sent may be given again. */
export function Thumbs({ onRate }: { onRate: (rating: Rating) => Promise<void> }) {
  const [given, setGiven] = useState<Rating | undefined>();

  function rate(rating: Rating): void {
    if (given !== undefined) return;
    setGiven(rating);
    onRate(rating).catch(() => setGiven(undefined));
  }

  return (
    <span class="thumbs">
      {(['good', 'bad'] as const).map((rating) => (
        <IconButton
          key={rating}
          icon={rating === 'good' ? 'thumb-up' : 'thumb-down'}
          label={t(`use.${rating}`)}
          aria-pressed={given === rating}
          // Not `disabled`: a button that is disabled loses the focus.
          aria-disabled={given !== undefined}
          onClick={() => rate(rating)}
        />
      ))}
    </span>
  );
}
