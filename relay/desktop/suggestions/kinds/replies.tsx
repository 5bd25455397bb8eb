import { useComputed } from '@preact/signals';
import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import type { Card, RepliesCard } from '../card-types.ts';
import { useTools } from '../tools-context.ts';
import { useIsAnswerCurrent } from '../use-current.ts';

/** Replies as chips: a click puts one into the answer box, the arrow sends it. Older ones are folded. */
export function Replies({ card, earlier }: { card: RepliesCard; earlier: readonly Card[] }) {
  const older = earlier.filter((other) => other.kind === 'replies');
  return (
    <>
      <Chips card={card} />
      <FollowUps card={card} />
      {older.length > 0 && (
        <details class="card-fold">
          <summary>{t('cards.earlierReplies')}</summary>
          {older.map((other) => (
            <Chips key={other.id} card={other} />
          ))}
        </details>
      )}
    </>
  );
}

/** What may follow the reply that the agent has just put into the answer box. */
function FollowUps({ card }: { card: RepliesCard }) {
  const { state } = useTools();
  const next = useComputed(() => {
    const found = state.followUps.value;
    return found?.below === card.id ? found.card : undefined;
  }).value;
  if (next === undefined) return null;
  return (
    <section class="card-further">
      <h4>{t('cards.followUps')}</h4>
      <Chips card={next} />
    </section>
  );
}

function Chips({ card }: { card: RepliesCard }) {
  return (
    <ul class="card-chips">
      {card.answers.map((_answer, index) => (
        <Chip key={index} card={card} index={index} />
      ))}
    </ul>
  );
}

function Chip({ card, index }: { card: RepliesCard; index: number }) {
  const { commands } = useTools();
  const isCurrent = useIsAnswerCurrent(card, index);
  const answer = card.answers[index];
  if (answer === undefined) return null;
  if (!commands.canInsert)
    return (
      <li class="card-chip" aria-current={isCurrent ? 'true' : undefined}>
        {answer.text}
      </li>
    );
  return (
    <li class="card-chip-pair" aria-current={isCurrent ? 'true' : undefined}>
      <button
        type="button"
        class="card-chip"
        title={t('cards.insertHint')}
        onClick={() => commands.insert(card, answer)}
      >
        {answer.text}
      </button>
      <button
        type="button"
        class="card-chip-send"
        aria-label={`${t('cards.send')}: ${answer.text}`}
        title={t('cards.send')}
        onClick={() => commands.send(card, answer)}
      >
        <Icon name="send" />
      </button>
    </li>
  );
}
