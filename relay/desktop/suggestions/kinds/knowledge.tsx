import { t } from '../../strings/strings.ts';
import { Icon } from '../../ui/icon.tsx';
import { AnswerTools } from '../answer-tools.tsx';
import type { KnowledgeAnswer, KnowledgeCard, SuggestedQuery } from '../card-types.ts';
import { ReasonList } from '../reason-list.tsx';
import { SourceList } from '../source-list.tsx';
import { useTools } from '../tools-context.ts';

/** A question that the conversation raises, its answer with sources, and what else could be asked. */
export function Knowledge({ card }: { card: KnowledgeCard }) {
  const { commands } = useTools();
  const { query, furtherQueries, reasons } = card;
  const answer = card.answers[0];
  return (
    <>
      {query && (
        <p class="card-title">
          {query.text}
          <Contexts query={query} />
        </p>
      )}
      {answer && <Answer card={card} answer={answer} />}
      {!answer && query && (
        <div class="card-tools">
          <p class="card-aside">{t('cards.noAnswer')}</p>
          {!commands.isReadOnly && <QueryButton card={card} query={query} label={t('cards.search')} />}
        </div>
      )}
      {furtherQueries.length > 0 && (
        <section class="card-further">
          <h4>{t('cards.furtherQueries')}</h4>
          <ul class="card-chips">
            {furtherQueries.map((further, index) => (
              <li key={index}>
                {commands.isReadOnly ? (
                  <span class="card-chip">{further.text}</span>
                ) : (
                  <QueryButton card={card} query={further} label={further.text} />
                )}
                <Contexts query={further} />
              </li>
            ))}
          </ul>
        </section>
      )}
      <ReasonList reasons={reasons} hasAnswer={answer !== undefined} />
    </>
  );
}

function Answer({ card, answer }: { card: KnowledgeCard; answer: KnowledgeAnswer }) {
  const origin = originOf(answer);
  return (
    <>
      {answer.text !== '' && <p class="card-text">{answer.text}</p>}
      {origin !== '' && <p class="card-aside">{origin}</p>}
      <SourceList card={card} answer={answer} sources={answer.sources} />
      <AnswerTools card={card} answer={answer} />
    </>
  );
}

function originOf({ origin, originName }: KnowledgeAnswer): string {
  if (origin === 'unknown') return '';
  if (origin === 'faq' && originName === '') return t('cards.origin.faqUnnamed');
  return t(`cards.origin.${origin}`, { name: originName });
}

function QueryButton({ card, query, label }: { card: KnowledgeCard; query: SuggestedQuery; label: string }) {
  const { commands } = useTools();
  return (
    <button type="button" class="card-chip" onClick={() => commands.search(card, query)}>
      <Icon name="search" />
      {label}
    </button>
  );
}

function Contexts({ query: { contexts } }: { query: SuggestedQuery }) {
  return contexts.map(({ name, value }, index) => (
    <span key={index} class="card-tag" title={name}>
      {value}
    </span>
  ));
}
