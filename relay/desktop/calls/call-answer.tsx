import { useEffect } from 'preact/hooks';
import { AnswerBox } from '../actions/answer-box.tsx';
import { ProblemLine } from '../actions/problem-line.tsx';
import { t } from '../strings/strings.ts';
import type { Call } from './call.ts';
import type { CallTools } from './call-tools.ts';

interface CallAnswerProps {
  call: Call;
  tools: CallTools;
  isReadOnly: boolean;
}

/** Where the agent writes to the customer, or is told why that is not possible. */
export function CallAnswer({ call, tools, isReadOnly }: CallAnswerProps) {
  const { lifecycle } = call.transcript.value;
  const conversation = call.resource.value;
  // A virtual agent that hands over, or the end, changes what the agent may do.
  useEffect(() => {
    if (!isReadOnly && conversation !== '') void tools.look();
  }, [tools, conversation, lifecycle, isReadOnly]);
  const access = tools.access.value;
  const reason = isReadOnly ? 'supervisor' : tools.noAnswer.value;
  const isLooking = reason === undefined && access === undefined;
  /** It is about the text in the box. */
  const failure = call.draft.value === '' ? undefined : tools.sendFailure.value;
  return (
    <section class="answer" aria-label={t('answer.title')}>
      {failure !== undefined && <ProblemLine error={failure.error} />}
      {reason !== undefined && call.draft.value === '' ? (
        <p class="hint answer-none">{t(`answer.none.${reason}`)}</p>
      ) : (
        <AnswerBox
          draft={call.draft}
          onSend={tools.send}
          disabledReason={isLooking ? t('answer.none.looking') : reason && t(`answer.none.${reason}`)}
        />
      )}
    </section>
  );
}
