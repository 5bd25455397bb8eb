import { t } from '../../strings/strings.ts';
import { AnswerTools } from '../answer-tools.tsx';
import type { GuidanceCard } from '../card-types.ts';
import { CitedText, SourceList } from '../source-list.tsx';

/** The companion agent's advice: what to do and what to say, with the sources of both. */
export function Guidance({ card }: { card: GuidanceCard }) {
  const { reply, action, explanation, instruction, sources, webQueries, followsTool } = card;
  const answer = card.answers[0];
  const isCited = [...reply, ...action].some((part) => part.sources.length > 0);
  return (
    <>
      {action.length > 0 && (
        <section>
          <h4>{t('cards.do')}</h4>
          <p class="card-text">
            <CitedText card={card} answer={answer} parts={action} sources={sources} />
          </p>
        </section>
      )}
      {reply.length > 0 && (
        <section>
          <h4>{t('cards.say')}</h4>
          <p class="card-text is-quoted">
            <CitedText card={card} answer={answer} parts={reply} sources={sources} />
          </p>
        </section>
      )}
      {explanation !== '' && <p class="card-aside">{explanation}</p>}
      {followsTool && <p class="card-aside">{t('cards.guidance.followsTool')}</p>}
      <SourceList card={card} answer={answer} sources={sources} isNumbered={isCited} />
      {webQueries.length > 0 && (
        <p class="card-aside">
          {t('cards.guidance.webQueries')}{' '}
          {webQueries.map((query, index) => (
            <span key={index} class="card-tag">
              {query}
            </span>
          ))}
        </p>
      )}
      {instruction && (
        <details class="card-fold">
          <summary>{t('cards.instructions')}</summary>
          <section class="card-instruction">
            {instruction.name !== '' && <h4>{instruction.name}</h4>}
            {instruction.details !== '' && <p>{instruction.details}</p>}
            {instruction.condition !== '' && (
              <p>
                {t('cards.instruction.condition')}: {instruction.condition}
              </p>
            )}
            <ul class="card-steps">
              {instruction.actions.map((each, index) => (
                <li key={index}>{each}</li>
              ))}
            </ul>
          </section>
        </details>
      )}
      {answer && <AnswerTools card={card} answer={answer} />}
    </>
  );
}
