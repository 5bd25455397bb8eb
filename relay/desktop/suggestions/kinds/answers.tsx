// Articles, FAQ, virtual agent and entities: answers in a row.
import type { ComponentChildren } from 'preact';
import { ProblemLine } from '../../actions/problem-line.tsx';
import { t } from '../../strings/strings.ts';
import { AnswerTools, CopyButton } from '../answer-tools.tsx';
import type { ArticlesCard, AssistAnswer, AssistCard, Card, EntitiesCard, FaqCard } from '../card-types.ts';
import { DetailList, FoldedDetails, SourceLink, SourcePlace } from '../source-list.tsx';
import { useTools } from '../tools-context.ts';
import { useIsAnswerCurrent } from '../use-current.ts';

/** One of several answers; keys move between them. */
export function AnswerItem({
  card,
  index,
  children,
}: {
  card: Card;
  index: number;
  children: ComponentChildren;
}) {
  const isCurrent = useIsAnswerCurrent(card, index);
  return (
    <li class="card-answer" aria-current={isCurrent ? 'true' : undefined}>
      {children}
    </li>
  );
}

export function Articles({ card }: { card: ArticlesCard }) {
  return (
    <ul class="card-answers">
      {card.answers.map((answer, index) => (
        <AnswerItem key={index} card={card} index={index}>
          <p class="card-title">
            <SourceLink card={card} answer={answer} source={answer.source} />
            <SourcePlace source={answer.source} />
          </p>
          {answer.snippets.map((snippet, place) => (
            <p key={place} class="card-text">
              {snippet}
            </p>
          ))}
          <FoldedDetails details={answer.details} />
          <AnswerTools card={card} answer={answer} />
        </AnswerItem>
      ))}
    </ul>
  );
}

export function Faq({ card }: { card: FaqCard }) {
  return (
    <ul class="card-answers">
      {card.answers.map((answer, index) => (
        <AnswerItem key={index} card={card} index={index}>
          <p class="card-title">
            {answer.question}
            <Confidence value={answer.confidence} />
          </p>
          <p class="card-text">{answer.text}</p>
          <FoldedDetails details={answer.details} />
          <AnswerTools card={card} answer={answer} />
        </AnswerItem>
      ))}
    </ul>
  );
}

export function Assist({ card }: { card: AssistCard }) {
  return (
    <ul class="card-answers">
      {card.answers.map((answer, index) => (
        <AnswerItem key={index} card={card} index={index}>
          {answer.intent !== '' && (
            <p class={answer.isIntent ? 'card-title' : 'card-aside'}>
              {t('cards.intent', { name: answer.intent })}
            </p>
          )}
          {answer.description !== '' && <p class="card-text">{answer.description}</p>}
          {answer.text !== '' && <p class="card-text">{answer.text}</p>}
          {answer.parameters.length > 0 && <DetailList details={answer.parameters} />}
          {answer.isIntent ? (
            <IntentTools card={card} answer={answer} />
          ) : (
            <AnswerTools card={card} answer={answer} />
          )}
        </AnswerItem>
      ))}
    </ul>
  );
}

/** An intent is chosen by its answer record. Without one its name can be copied, for wherever the agent needs it. */
function IntentTools({ card, answer }: { card: AssistCard; answer: AssistAnswer }) {
  const { commands } = useTools();
  const { value: run } = commands.choiceOf(answer);
  if (commands.isReadOnly) return null;
  return (
    <>
      {run.state === 'failed' && <ProblemLine error={run.error} />}
      {run.state === 'sent' && <p class="card-aside">{t('cards.intent.chosen')}</p>}
      <AnswerTools card={card} answer={answer}>
        {answer.answerRecord !== undefined && run.state !== 'sent' && !commands.isEnded && (
          <button
            type="button"
            class="button button-small"
            disabled={run.state === 'sending'}
            onClick={() => void commands.choose(answer)}
          >
            {t('cards.intent.choose')}
          </button>
        )}
        {answer.text === '' && <CopyButton card={card} answer={answer} part={answer.intent} />}
      </AnswerTools>
    </>
  );
}

/** What was said in figures: each value may be copied by itself. */
export function Entities({ card }: { card: EntitiesCard }) {
  const { commands } = useTools();
  return (
    <ul class="card-answers">
      {card.answers.map((answer, index) => (
        <AnswerItem key={index} card={card} index={index}>
          <dl class="card-details">
            {answer.parameters.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {value}
                  {!commands.isReadOnly && (
                    <CopyButton card={card} answer={answer} part={value} label={name} />
                  )}
                </dd>
              </div>
            ))}
          </dl>
          <AnswerTools card={card} answer={answer} />
        </AnswerItem>
      ))}
    </ul>
  );
}

function Confidence({ value }: { value: number | undefined }) {
  if (value === undefined) return null;
  return <span class="card-aside">{t('cards.match', { percent: Math.round(value * 100) })}</span>;
}
