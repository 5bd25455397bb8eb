import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { ReasonList } from '../suggestions/reason-list.tsx';
import { reasonsOf } from '../suggestions/reasons.ts';
import type { AnswerFeedbackHooks, TextActions } from './answer-uses.ts';
import { KnowledgeAnswer } from './knowledge-answer.tsx';
import { ProblemLine } from './problem-line.tsx';
import { type Search, Searcher, type SearchState } from './searcher.ts';

export interface KnowledgeSearchProps {
  search: Search;
  /** A query that a suggestion proposes. Each new object is searched for once. */
  suggested?: ReadonlySignal<{ query: string } | undefined>;
  actions: TextActions;
  /** Absent where the agent may give no feedback. */
  feedback?: AnswerFeedbackHooks<'search'>;
}

export function KnowledgeSearch({ search, suggested, actions, feedback }: KnowledgeSearchProps) {
  const searcher = useMemo(() => new Searcher(search), [search]);
  const query = useSignal('');
  const proposal = suggested?.value;
  useEffect(() => {
    if (proposal === undefined) return;
    query.value = proposal.query;
    void searcher.search(proposal.query, 'SUGGESTED_QUERY');
  }, [proposal, searcher]);

  return (
    <div class="knowledge-search">
      <search>
        <form
          class="search-form"
          onSubmit={(event) => {
            event.preventDefault();
            void searcher.search(query.value, 'AGENT_QUERY');
          }}
        >
          <input
            type="search"
            class="field"
            aria-label={t('search.label')}
            placeholder={t('search.placeholder')}
            autocomplete="off"
            value={query.value}
            onInput={({ currentTarget }) => {
              query.value = currentTarget.value;
              if (currentTarget.value === '') searcher.clear();
            }}
          />
          <button type="submit" class="button" disabled={query.value.trim() === ''}>
            {t('search.search')}
          </button>
        </form>
      </search>
      <Found state={searcher.state.value} searcher={searcher} actions={actions} feedback={feedback} />
    </div>
  );
}

interface FoundProps {
  state: SearchState;
  searcher: Searcher;
  actions: TextActions;
  feedback: AnswerFeedbackHooks<'search'> | undefined;
}

function Found({ state, searcher, actions, feedback }: FoundProps) {
  if (state.is === 'idle') return null;
  if (state.is === 'failed') {
    const { query, source, error } = state;
    return <ProblemLine error={error} onRetry={() => void searcher.search(query, source)} />;
  }
  const response = state.is === 'found' ? state.response : {};
  const { answers = [] } = response;
  return (
    <>
      <p class="found-status" role="status">
        {statusOf(state)}
      </p>
      <ReasonList reasons={reasonsOf(response.searchKnowledgeDebugInfo)} hasAnswer={answers.length > 0} />
      {answers.length > 0 && (
        <ol class="found-answers">
          {answers.map((answer, index) => (
            <KnowledgeAnswer
              key={answer.answerRecord ?? index}
              answer={answer}
              actions={actions}
              feedback={feedback}
            />
          ))}
        </ol>
      )}
    </>
  );
}

function statusOf(state: Extract<SearchState, { is: 'searching' | 'found' }>): string {
  const { query } = state;
  if (state.is === 'searching') return t('search.searching', { query });
  const { answers = [], rewrittenQuery } = state.response;
  if (answers.length === 0) return t('search.nothing', { query });
  return rewrittenQuery && rewrittenQuery !== query
    ? t('search.foundAs', { query: rewrittenQuery, count: answers.length })
    : t('search.found', { query, count: answers.length });
}
