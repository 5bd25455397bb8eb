import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { SuggestionInput } from '../api/types.ts';
import { t } from '../strings/strings.ts';
import type { ToolCallInfo } from './messages.ts';
import { shownValue } from './parameter-form.ts';
import { ParameterForm } from './parameter-form-view.tsx';

type Decision = Omit<SuggestionInput, 'sendTime'>;

export interface ToolCallViewProps {
  info: ToolCallInfo;
  /** What the agent has decided. */
  decision: SuggestionInput['action'] | undefined;
  isBusy: boolean;
  onDecide: (toolName: string, decision: Decision) => void;
}

/** What the companion wants to do, or has done, with a tool. */
export function ToolCallView({ info, decision, isBusy, onDecide }: ToolCallViewProps) {
  const isEditing = useSignal(false);
  /** The agent comes back from the form: the button that opened it takes the focus again. */
  const returns = useRef(false);
  const { toolCall = {}, toolCallResult: result } = info;
  const { answerRecord, inputParameters: parameters = {} } = toolCall;
  const name = nameOf(info);
  const isOpen =
    answerRecord !== undefined &&
    toolCall.state === 'NEEDS_CONFIRMATION' &&
    decision === undefined &&
    result === undefined;

  function decide(action: Decision['action'], given: Record<string, unknown>): void {
    if (answerRecord === undefined) return;
    isEditing.value = false;
    // Without parameters Dialogflow calls the tool with none, not with those that it proposed.
    onDecide(name, { answerRecord, action, ...(action === 'CANCEL' ? {} : { parameters: given }) });
  }

  return (
    <fieldset class="tool-call" aria-label={t('companion.tool', { tool: name })}>
      <p class="tool-name">{name}</p>
      {toolCall.toolDisplayDetails && <p class="tool-details">{toolCall.toolDisplayDetails}</p>}
      {isOpen && isEditing.value ? (
        <ParameterForm
          parameters={parameters}
          isBusy={isBusy}
          onSubmit={(edited) => decide('CONFIRM', edited)}
          onCancel={() => {
            isEditing.value = false;
            returns.current = true;
          }}
        />
      ) : (
        <Parameters parameters={parameters} />
      )}
      {isOpen && !isEditing.value && (
        <>
          <p class="tool-question">{t('companion.confirmQuestion')}</p>
          <div class="actions-row">
            <button
              type="button"
              class="button button-primary"
              disabled={isBusy}
              onClick={() => decide('CONFIRM', parameters)}
            >
              {t('companion.confirm')}
            </button>
            {Object.keys(parameters).length > 0 && (
              <button
                type="button"
                class="button"
                disabled={isBusy}
                ref={(edit) => {
                  if (returns.current) edit?.focus();
                  returns.current = false;
                }}
                onClick={() => {
                  isEditing.value = true;
                }}
              >
                {t('companion.edit')}
              </button>
            )}
            <button type="button" class="button" disabled={isBusy} onClick={() => decide('CANCEL', {})}>
              {t('companion.decline')}
            </button>
          </div>
        </>
      )}
      {decision !== undefined && result === undefined && (
        <p class="turn-note">{t(`companion.decision.${decision}`)}</p>
      )}
      {result?.error && (
        <p class="tool-error">{t('companion.toolFailed', { message: result.error.message ?? '' })}</p>
      )}
      {result !== undefined && !result.error && (
        <>
          <p class="turn-note">{t('companion.toolDone')}</p>
          {result.content && <pre class="tool-result">{result.content}</pre>}
        </>
      )}
    </fieldset>
  );
}

function nameOf({ toolCall = {} }: ToolCallInfo): string {
  const tool = toolCall.toolDisplayName || toolCall.tool?.split('/').at(-1) || '';
  return [tool, toolCall.action].filter((part) => part !== undefined && part !== '').join(' · ');
}

function Parameters({ parameters }: { parameters: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(parameters);
  if (entries.length === 0) return null;
  return (
    <dl class="tool-parameters">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{shownValue(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
