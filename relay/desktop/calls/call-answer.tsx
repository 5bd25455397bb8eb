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
  const failure = tools.sendFailure.value;
  if (isReadOnly) {
    return (
      <section class="answer" aria-label={t('answer.title')}>
        <p class="hint answer-none">{t('answer.none.supervisor')}</p>
      </section>
    );
  }
  return (
    <section class="answer" aria-label={t('answer.title')}>
      {failure !== undefined && <ProblemLine error={failure.error} />}
      <AnswerBox draft={call.draft} onSend={tools.send} disabledReason={noAnswer(call, tools)} />
    </section>
  );
}

function noAnswer(call: Call, tools: CallTools): string | undefined {
  if (call.isFinished.value) return t('answer.none.ended');
  const access = tools.access.value;
  if (access === undefined) return t('answer.none.looking');
  // Dialogflow did not tell: it says when the agent sends.
  if (access === 'unknown' || access.noAnswer === undefined) return undefined;
  return t(`answer.none.${access.noAnswer}`);
}
