import { useSignal } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { SuggestionInput } from '../api/types.ts';
import { t } from '../strings/strings.ts';
import type { ToolCall } from '../suggestions/card-types.ts';
import { ToolForm } from '../suggestions/kinds/tool-form.tsx';
import { DetailList } from '../suggestions/source-list.tsx';
import { detailsOf } from '../suggestions/sources.ts';
import { draftOf, type ParameterDraft } from '../suggestions/tool-parameters.ts';
import { toolCalls } from '../suggestions/tool-parser.ts';
import type { ToolCallInfo } from './messages.ts';

type Action = SuggestionInput['action'];
type Decision = Omit<SuggestionInput, 'sendTime'>;

export interface ToolCallViewProps {
  info: ToolCallInfo;
  /** What the agent has decided. */
  decision: Action | undefined;
  isBusy: boolean;
  onDecide: (toolName: string, decision: Decision) => void;
}

/** What the companion wants to do, or has done, with a tool. */
export function ToolCallView({ info, decision, isBusy, onDecide }: ToolCallViewProps) {
  const draft = useSignal<ParameterDraft | undefined>(undefined);
  /** The agent comes back from the form: the button that opened it takes the focus again. */
  const returns = useRef(false);
  const read = useMemo(() => readToolCall(info), [info]);
  if (read === undefined) return null;
  const { call, answerRecord } = read;
  const { parameters, result } = call;
  const name = [call.name, call.action].filter((part) => part !== '').join(' · ');
  const isOpen =
    answerRecord !== undefined && call.needsConfirmation && decision === undefined && result === undefined;
  const details = detailsOf(parameters);

  function decide(action: Action, given: Record<string, unknown>): void {
    if (answerRecord === undefined || isBusy) return;
    draft.value = undefined;
    // Without parameters Dialogflow calls the tool with none, not with those that it proposed.
    onDecide(name, { answerRecord, action, ...(action === 'CANCEL' ? {} : { parameters: given }) });
  }

  return (
    <fieldset class="tool-call" aria-label={t('companion.tool', { tool: name })}>
      <p class="tool-name">{name}</p>
      {call.description !== '' && <p class="tool-details">{call.description}</p>}
      {isOpen && draft.value !== undefined ? (
        <ToolForm
          draft={draft.value}
          onChange={(edited) => {
            draft.value = edited;
          }}
          onRun={(edited) => decide('CONFIRM', edited)}
          onBack={() => {
            draft.value = undefined;
            returns.current = true;
          }}
        />
      ) : (
        details.length > 0 && <DetailList details={details} />
      )}
      {isOpen && draft.value === undefined && (
        <>
          <p class="tool-question">{t('companion.confirmQuestion')}</p>
          <div class="actions-row">
            <button
              type="button"
              class="button button-primary"
              disabled={isBusy}
              onClick={() => decide('CONFIRM', { ...parameters })}
            >
              {t('companion.confirm')}
            </button>
            <button
              type="button"
              class="button"
              disabled={isBusy}
              ref={(edit) => {
                if (returns.current) edit?.focus();
                returns.current = false;
              }}
              onClick={() => {
                draft.value = draftOf(parameters);
              }}
            >
              {t('companion.edit')}
            </button>
            <button type="button" class="button" disabled={isBusy} onClick={() => decide('CANCEL', {})}>
              {t('companion.decline')}
            </button>
          </div>
        </>
      )}
      {decision !== undefined && result === undefined && (
        <p class="turn-note">{t(`companion.decision.${decision}`)}</p>
      )}
      {result !== undefined && <Result result={result} />}
    </fieldset>
  );
}

function Result({ result }: { result: NonNullable<ToolCall['result']> }) {
  if (result.isError) return <p class="tool-error">{t('companion.toolFailed', { message: result.text })}</p>;
  return (
    <>
      <p class="turn-note">{t('companion.toolDone')}</p>
      {result.text !== '' && <pre class="tool-result">{result.text}</pre>}
    </>
  );
}

/** Undefined for a call without a name, an action or a result. */
function readToolCall(info: ToolCallInfo): { call: ToolCall; answerRecord: string | undefined } | undefined {
  const [card] = toolCalls([info], {});
  if (card?.kind !== 'tool') return undefined;
  return { call: card.call, answerRecord: card.answers[0]?.answerRecord };
}
