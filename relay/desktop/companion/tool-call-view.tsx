import { useMemo } from 'preact/hooks';
import type { SuggestionInput } from '../api/types.ts';
import { t } from '../strings/strings.ts';
import type { ToolCall } from '../suggestions/card-types.ts';
import { DecisionButtons } from '../suggestions/kinds/decision-buttons.tsx';
import { useToolForm } from '../suggestions/kinds/use-tool-form.tsx';
import { DetailList } from '../suggestions/source-list.tsx';
import { detailsOf } from '../suggestions/sources.ts';
import { toolCalls } from '../suggestions/tool-parser.ts';
import type { ToolCallInfo } from './messages.ts';

type Action = SuggestionInput['action'];
type Decision = Omit<SuggestionInput, 'sendTime'>;

export interface ToolCallViewProps {
  info: ToolCallInfo;
  /** What the agent has decided. */
  decision: Action | undefined;
  isBusy: boolean;
  /** The call is over: nothing can be decided any more. */
  isEnded: boolean;
  onDecide: (toolName: string, decision: Decision) => void;
}

/** What the companion wants to do, or has done, with a tool. */
export function ToolCallView({ info, ...props }: ToolCallViewProps) {
  const read = useMemo(() => readToolCall(info), [info]);
  return read === undefined ? null : <View {...read} {...props} />;
}

interface ReadToolCall {
  call: ToolCall;
  answerRecord: string | undefined;
}

function View(props: ReadToolCall & Omit<ToolCallViewProps, 'info'>) {
  const { call, answerRecord, decision, isBusy, isEnded, onDecide } = props;
  const { parameters, result } = call;
  const name = [call.name, call.action].filter((part) => part !== '').join(' · ');
  const waits =
    answerRecord !== undefined && call.needsConfirmation && decision === undefined && result === undefined;
  const isOpen = waits && !isEnded;
  const details = detailsOf(parameters);

  function decide(action: Action, given: Record<string, unknown>): void {
    if (answerRecord === undefined || isBusy) return;
    // Without parameters Dialogflow calls the tool with none, not with those that it proposed.
    onDecide(name, { answerRecord, action, ...(action === 'CANCEL' ? {} : { parameters: given }) });
  }

  const form = useToolForm(parameters, (edited) => decide('CONFIRM', edited));
  const isEditing = isOpen && form.view !== undefined;
  return (
    <fieldset class="tool-call" aria-label={t('companion.tool', { tool: name })}>
      <p class="tool-name">{name}</p>
      {call.description !== '' && <p class="tool-details">{call.description}</p>}
      {isEditing ? form.view : details.length > 0 && <DetailList details={details} />}
      {isOpen && !isEditing && (
        <>
          <p class="tool-question">{t('companion.confirmQuestion')}</p>
          <DecisionButtons
            isBusy={isBusy}
            onConfirm={() => decide('CONFIRM', { ...parameters })}
            onEdit={form.open}
            onDecline={() => decide('CANCEL', {})}
            opener={form.opener}
          />
        </>
      )}
      {waits && isEnded && <p class="turn-note">{t('cards.tool.notRun')}</p>}
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
function readToolCall(info: ToolCallInfo): ReadToolCall | undefined {
  const [card] = toolCalls([info], {});
  if (card?.kind !== 'tool') return undefined;
  return { call: card.call, answerRecord: card.answers[0]?.answerRecord };
}
