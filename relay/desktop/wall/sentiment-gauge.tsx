import { language, t } from '../strings/strings.ts';

/** A score closer to the middle than this is neutral. */
const CLEAR = 0.25;

/** The customer's sentiment as a bar to the left or to the right of the middle. */
export function SentimentGauge({ score }: { score: number | undefined }) {
  const shown = Math.min(1, Math.max(-1, score ?? 0));
  return (
    <span class="gauge" data-mood={moodOf(score)}>
      <svg class="gauge-bar" viewBox="-1 0 2 1" preserveAspectRatio="none" aria-hidden="true">
        <rect class="gauge-track" x="-1" y="0" width="2" height="1" />
        <rect class="gauge-fill" x={Math.min(0, shown)} y="0" width={Math.abs(shown)} height="1" />
        <rect class="gauge-zero" x="-0.008" y="0" width="0.016" height="1" />
      </svg>
      {score === undefined ? (
        <>
          <span class="visually-hidden">{t('wall.noSentiment')}</span>
          <span class="gauge-score" aria-hidden="true" title={t('wall.noSentiment')}>
            –
          </span>
        </>
      ) : (
        <>
          <span class="visually-hidden">{t('wall.sentiment')} </span>
          <span class="gauge-score" title={t('wall.sentiment')}>
            {signed(score)}
          </span>
        </>
      )}
    </span>
  );
}

function moodOf(score: number | undefined): string {
  if (score === undefined) return 'unknown';
  if (score <= -CLEAR) return 'negative';
  return score >= CLEAR ? 'positive' : 'neutral';
}

function signed(score: number): string {
  return new Intl.NumberFormat(language(), {
    minimumFractionDigits: 1,
    maximumFractionDigits: 1,
    signDisplay: 'exceptZero',
  }).format(score);
}
