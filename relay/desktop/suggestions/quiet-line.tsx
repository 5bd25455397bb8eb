import { t } from '../strings/strings.ts';
import type { EmptyCard, ErrorCard, UnknownCard } from './card-types.ts';
import { ReasonList } from './reason-list.tsx';

/** What is no suggestion: a feature that failed, one that has nothing to say, and a kind that the page does not know. */
export function QuietLine({ card }: { card: ErrorCard | EmptyCard | UnknownCard }) {
  if (card.kind === 'unknown') return <p class="card-aside">{t('cards.unknown', { field: card.field })}</p>;
  if (card.kind === 'error') {
    const { message, code } = card;
    return (
      <p class="card-aside">
        {message === '' ? t('cards.errorUnnamed', { code: String(code) }) : t('cards.error', { message })}
      </p>
    );
  }
  return (
    <>
      <p class="card-aside">{t('cards.nothing')}</p>
      <ReasonList reasons={card.reasons} hasAnswer={false} />
    </>
  );
}
