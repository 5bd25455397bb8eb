import { useEffect, useMemo } from 'preact/hooks';
import type { SearchKnowledgeAnswer } from '../api/types.ts';
import { t } from '../strings/strings.ts';
import type { Source } from '../suggestions/card-types.ts';
import { list, object } from '../suggestions/json.ts';
import { distinct, sourceOf } from '../suggestions/sources.ts';
import type { AnswerFeedbackHooks, AnswerUse, TextActions } from './answer-uses.ts';
import { CopyButton } from './copy-button.tsx';
import { InsertButton } from './insert-button.tsx';
import { SourceItem } from './source-item.tsx';
import { Thumbs } from './thumbs.tsx';

export interface KnowledgeAnswerProps {
  answer: SearchKnowledgeAnswer;
  actions: TextActions;
  feedback?: AnswerFeedbackHooks<'search'> | undefined;
}

const TYPES = ['FAQ', 'GENERATIVE', 'INTENT', 'PLAYBOOK', 'EVENT'] as const;

export function KnowledgeAnswer({ answer, actions, feedback }: KnowledgeAnswerProps) {
  const text = answer.answer ?? '';
  const { answerRecord } = answer;
  const sources = useMemo(() => sourcesOf(answer), [answer]);
  const rated = { text, ...(answerRecord === undefined ? {} : { answerRecord }) };
  const type = TYPES.find((known) => known === answer.answerType);
  const told = (use: AnswerUse) => feedback?.used('search', rated, use);
  useEffect(() => feedback?.displayed(rated), [answer]);

  return (
    <li class="found-answer">
      {type !== undefined && <p class="found-type">{t(`search.type.${type}`)}</p>}
      <p class="found-text">{text}</p>
      {sources.length > 0 && (
        <ul class="found-sources" aria-label={t('search.sources')}>
          {sources.map((source, index) => (
            // An answer never changes, so a place in it is as good as a name.
            <li key={index} class="source">
              <SourceItem
                source={source}
                onOpen={(uri) => {
                  actions.open(uri);
                  told({ how: 'opened', uri });
                }}
              />
            </li>
          ))}
        </ul>
      )}
      <div class="actions-row">
        {text !== '' && (
          <>
            <InsertButton
              actions={actions}
              onInsert={() => {
                actions.insert(text);
                told({ how: 'inserted' });
              }}
            />
            <CopyButton text={text} copy={actions.copy} onCopied={() => told({ how: 'copied' })} />
          </>
        )}
        {feedback && answerRecord !== undefined && (
          <Thumbs
            opinion={feedback.opinionOf(rated)}
            onRate={(rating) => void feedback.rate(rated, rating).catch(() => {})}
          />
        )}
      </div>
    </li>
  );
}

function sourcesOf(answer: SearchKnowledgeAnswer): Source[] {
  const sources = list(answer.answerSources)
    .map(object)
    .map(({ title, uri, snippet }) => sourceOf(title, uri, snippet));
  return distinct(sources.filter((source) => source !== undefined));
}
