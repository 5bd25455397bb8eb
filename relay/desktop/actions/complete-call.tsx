import { useSignal } from '@preact/signals';
import { t } from '../strings/strings.ts';
import { AskFirst } from './ask-first.tsx';
import { ProblemLine } from './problem-line.tsx';

export interface CompleteCallProps {
  /** Completes the conversation at Dialogflow. */
  onComplete: () => Promise<void>;
  /** The relay has told that the conversation is finished. */
  isFinished: boolean;
}

export function CompleteCall({ onComplete, isFinished }: CompleteCallProps) {
  const state = useSignal<'open' | 'completing' | 'completed'>('open');
  const failure = useSignal<{ error: unknown } | undefined>(undefined);

  async function complete(): Promise<void> {
    if (state.peek() !== 'open') return;
    state.value = 'completing';
    failure.value = undefined;
    try {
      await onComplete();
      state.value = 'completed';
    } catch (error) {
      state.value = 'open';
      failure.value = { error };
    }
  }

  if (isFinished || state.value === 'completed') {
    return (
      <p class="completed" role="status">
        {t('complete.done')}
      </p>
    );
  }
  return (
    <div class="complete-call">
      <AskFirst
        label={t(state.value === 'completing' ? 'complete.completing' : 'complete.complete')}
        question={t('complete.question')}
        explanation={t('complete.explanation')}
        confirmLabel={t('complete.confirm')}
        isDisabled={state.value === 'completing'}
        isDangerous
        shortcut={{ keys: 'q', label: 'complete.complete', group: 'calls' }}
        onConfirm={() => void complete()}
      />
      {failure.value && <ProblemLine error={failure.value.error} onRetry={() => void complete()} />}
    </div>
  );
}
