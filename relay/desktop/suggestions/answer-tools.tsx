import { useComputed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { Thumbs } from '../actions/thumbs.tsx';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { isInsertable } from './card-commands.ts';
import type { Answer, Card } from './card-types.ts';
import { faultsOf } from './feedback.ts';
import { useTools } from './tools-context.ts';

/** How long a button says that it has copied, in milliseconds. */
const COPIED_MS = 2000;

interface OfAnswer {
  card: Card;
  answer: Answer;
}

interface AnswerToolsProps extends OfAnswer {
  isRated?: boolean;
  /** What else the agent may do with the answer; it stands first. */
  children?: ComponentChildren;
}

/** The row below an answer: what to do with it on the left, the rating on the right. A supervisor sees none of it. */
export function AnswerTools({ card, answer, isRated = true, children }: AnswerToolsProps) {
  const { commands } = useTools();
  if (commands.isReadOnly) return null;
  return (
    <div class="card-tools">
      {children}
      {commands.canInsert && isInsertable(card, answer) && (
        <button
          type="button"
          class="card-button is-primary"
          title={t('cards.insertHint')}
          onClick={() => commands.insert(card, answer)}
        >
          <Icon name="insert" />
          {t('cards.insert')}
        </button>
      )}
      {answer.text !== '' && <CopyButton card={card} answer={answer} />}
      {isRated && answer.answerRecord !== undefined && <Rating card={card} answer={answer} />}
    </div>
  );
}

/** @param part what is copied, all of the answer where it is left out. */
export function CopyButton({
  card,
  answer,
  part = answer.text,
  label,
}: OfAnswer & { part?: string; label?: string }) {
  const { commands, state } = useTools();
  const last = useComputed(() => {
    const copied = state.copied.value;
    return copied?.answer === answer && copied.part === part ? copied : undefined;
  }).value;
  useEffect(() => {
    if (last === undefined) return;
    const timer = setTimeout(() => {
      if (state.copied.peek() === last) state.copied.value = undefined;
    }, COPIED_MS);
    return () => clearTimeout(timer);
  }, [last, state]);
  const text = last === undefined ? t('cards.copy') : t(last.isCopied ? 'cards.copied' : 'cards.copyFailed');
  return (
    <button
      type="button"
      class={label === undefined ? 'card-button' : 'card-button is-small'}
      aria-label={label === undefined ? undefined : `${text}: ${label}`}
      onClick={() => void commands.copy(card, answer, part)}
    >
      <Icon name={last?.isCopied ? 'check' : 'copy'} />
      {label === undefined && text}
    </button>
  );
}

function Rating({ card, answer }: OfAnswer) {
  const { commands, feedback } = useTools();
  const opinion = feedback.opinionOf(answer);
  const { rating, faults } = opinion.value;
  return (
    <div class="card-rating">
      <Thumbs opinion={opinion} onRate={(each) => void commands.rate(answer, each)} />
      {rating === 'bad' && faultsOf(card.kind).length > 0 && (
        <fieldset class="card-faults" aria-label={t('cards.whyBad')}>
          <span aria-hidden="true">{t('cards.whyBad')}</span>
          {faultsOf(card.kind).map((fault) => (
            <button
              key={fault}
              type="button"
              class="card-chip is-small"
              aria-pressed={faults.includes(fault)}
              onClick={() => void commands.blame(answer, fault)}
            >
              {t(`cards.fault.${fault}`)}
            </button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
