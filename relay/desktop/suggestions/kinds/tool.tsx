import { useRef } from 'preact/hooks';
import { ProblemLine } from '../../actions/problem-line.tsx';
import { t } from '../../strings/strings.ts';
import { AnswerTools } from '../answer-tools.tsx';
import type { ToolDecision } from '../card-commands.ts';
import type { ToolCard } from '../card-types.ts';
import { DetailList } from '../source-list.tsx';
import { detailsOf } from '../sources.ts';
import type { ToolRun } from '../suggestions-state.ts';
import type { Parameters } from '../tool-parameters.ts';
import { useTools } from '../tools-context.ts';
import { DecisionButtons } from './decision-buttons.tsx';
import { useToolForm } from './use-tool-form.tsx';

/** A call of a tool: what it is called with, the agent's decision, and the result. */
export function Tool({ card }: { card: ToolCard }) {
  const { commands } = useTools();
  const title = useRef<HTMLParagraphElement>(null);
  const { call } = card;
  const answer = card.answers[0];
  const isOpen = commands.mayDecide(card);
  const asks = call.needsConfirmation && !call.result;
  const parameters = detailsOf(call.parameters);

  function decide(decision: ToolDecision, given: Readonly<Parameters>): void {
    void commands.decide(card, decision, given);
    // The button goes away, and its focus would be lost.
    title.current?.closest('article')?.focus();
  }

  const form = useToolForm(call.parameters, (edited) => decide(asks ? 'confirm' : 'revise', edited));
  const isEditing = isOpen && form.view !== undefined;
  return (
    <>
      <p class="card-title" ref={title}>
        {[call.name, call.action].filter(Boolean).join(' · ')}
        <ToolStateTag card={card} />
      </p>
      {call.description !== '' && <p class="card-aside">{call.description}</p>}
      {call.progress !== '' && <p class="card-text">{call.progress}</p>}
      {!isEditing &&
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
      {isEditing && form.view}
      {isOpen && !isEditing && asks && (
        <DecisionButtons
          onConfirm={() => decide('confirm', call.parameters)}
          onEdit={form.open}
          onDecline={() => decide('cancel', call.parameters)}
          opener={form.opener}
        />
      )}
      {answer && !asks && (isOpen || call.result) && (
        <AnswerTools card={card} answer={answer} isRated={call.result !== undefined}>
          {isOpen && !isEditing && (
            <button type="button" class="button button-small" ref={form.opener} onClick={form.open}>
              {t('cards.tool.editAndRun')}
            </button>
          )}
        </AnswerTools>
      )}
    </>
  );
}

function ToolStateTag({ card }: { card: ToolCard }) {
  const { commands } = useTools();
  const { result, needsConfirmation } = card.call;
  const run = commands.runOf(card).value;
  if (result) {
    return result.isError ? (
      <span class="card-tag is-error">{t('cards.tool.failed')}</span>
    ) : (
      <span class="card-tag is-good">{t('cards.tool.done')}</span>
    );
  }
  const isDecided = run.state === 'sending' || run.state === 'sent';
  if (!needsConfirmation || (isDecided && !run.isCancelled))
    return <span class="card-tag">{t('cards.tool.running')}</span>;
  if (isDecided || commands.isEnded) return <span class="card-tag">{t('cards.tool.notRun')}</span>;
  return (
    <span class="card-tag is-waiting">
      {t(commands.isReadOnly ? 'cards.tool.waitsForAgent' : 'cards.tool.needsConfirmation')}
    </span>
  );
}

function RunNote({ run, isOpen }: { run: ToolRun; isOpen: boolean }) {
  if (run.state === 'sending') return <p class="card-aside">{t('cards.tool.sending')}</p>;
  if (run.state === 'failed') return <ProblemLine error={run.error} />;
  if (run.state !== 'sent' || isOpen) return null;
  return <p class="card-aside">{t(run.isCancelled ? 'cards.tool.declined' : 'cards.tool.sent')}</p>;
}
