import { useSignal } from '@preact/signals';
import { ProblemLine } from '../../actions/problem-line.tsx';
import { t } from '../../strings/strings.ts';
import { AnswerTools } from '../answer-tools.tsx';
import type { ToolCard } from '../card-types.ts';
import { DetailList } from '../source-list.tsx';
import { detailsOf } from '../sources.ts';
import type { ToolRun } from '../suggestions-state.ts';
import { draftOf, type ParameterDraft } from '../tool-parameters.ts';
import { useTools } from '../tools-context.ts';
import { ToolForm } from './tool-form.tsx';

/** A call of a tool: what it is called with, the agent's decision, and the result. */
export function Tool({ card }: { card: ToolCard }) {
  const { commands } = useTools();
  const draft = useSignal<ParameterDraft | undefined>(undefined);
  const { call } = card;
  const answer = card.answers[0];
  const isOpen = commands.isOpen(card) && !commands.isReadOnly && answer?.answerRecord !== undefined;
  const decision = call.needsConfirmation && !call.result ? 'confirm' : 'revise';
  const parameters = detailsOf(call.parameters);
  return (
    <>
      <p class="card-title">
        {[call.name, call.action].filter(Boolean).join(' · ')}
        <ToolStateTag card={card} />
      </p>
      {call.description !== '' && <p class="card-aside">{call.description}</p>}
      {call.progress !== '' && <p class="card-text">{call.progress}</p>}
      {draft.value === undefined &&
        (parameters.length > 0 ? (
          <DetailList details={parameters} />
        ) : (
          <p class="card-aside">{t('cards.tool.noParameters')}</p>
        ))}
      {call.result && (
        <div class={call.result.isError ? 'card-result is-error' : 'card-result'}>
          <h4>{t(call.result.isError ? 'cards.tool.failed' : 'cards.tool.result')}</h4>
          <pre>{call.result.text}</pre>
        </div>
      )}
      <RunNote run={commands.runOf(card).value} isOpen={commands.isOpen(card)} />
      {isOpen && draft.value !== undefined && (
        <ToolForm
          draft={draft.value}
          onChange={(next) => {
            draft.value = next;
          }}
          onRun={(edited) => {
            draft.value = undefined;
            void commands.decide(card, decision, edited);
          }}
          onBack={() => {
            draft.value = undefined;
          }}
        />
      )}
      {isOpen && draft.value === undefined && (
        <div class="card-tools">
          {decision === 'confirm' && (
            <button
              type="button"
              class="button button-small button-primary"
              onClick={() => void commands.decide(card, 'confirm', call.parameters)}
            >
              {t('cards.tool.confirm')}
            </button>
          )}
          <button
            type="button"
            class="button button-small"
            onClick={() => {
              draft.value = draftOf(call.parameters);
            }}
          >
            {t(decision === 'confirm' ? 'cards.tool.edit' : 'cards.tool.editAndRun')}
          </button>
          {decision === 'confirm' && (
            <button
              type="button"
              class="button button-small"
              onClick={() => void commands.decide(card, 'cancel', call.parameters)}
            >
              {t('cards.tool.cancel')}
            </button>
          )}
        </div>
      )}
      {answer && call.result && <AnswerTools card={card} answer={answer} />}
    </>
  );
}

function ToolStateTag({ card: { call } }: { card: ToolCard }) {
  if (call.result) {
    return call.result.isError ? (
      <span class="card-tag is-error">{t('cards.tool.failed')}</span>
    ) : (
      <span class="card-tag is-good">{t('cards.tool.done')}</span>
    );
  }
  return call.needsConfirmation ? (
    <span class="card-tag is-waiting">{t('cards.tool.needsConfirmation')}</span>
  ) : (
    <span class="card-tag">{t('cards.tool.running')}</span>
  );
}

function RunNote({ run, isOpen }: { run: ToolRun; isOpen: boolean }) {
  if (run.state === 'sending') return <p class="card-aside">{t('cards.tool.sending')}</p>;
  if (run.state === 'failed') return <ProblemLine error={run.error} />;
  if (run.state !== 'sent' || isOpen) return null;
  return <p class="card-aside">{t(run.isCancelled ? 'cards.tool.cancelled' : 'cards.tool.sent')}</p>;
}
