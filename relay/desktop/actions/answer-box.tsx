import { type Signal, useSignal } from '@preact/signals';
import { useId, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { isSendKey } from './draft.ts';
import { ProblemLine, useWait } from './problem-line.tsx';
import { createEnterSends } from './send-key.ts';

export interface AnswerBoxProps {
  /** What the agent writes. A change from outside takes the focus to the box. */
  draft: Signal<string>;
  /** Sends a text to the customer; rejects with an `ApiError` where that failed. */
  onSend: (text: string) => Promise<void>;
  /** Why the agent cannot write to the customer; undefined where it can. */
  disabledReason?: string | undefined;
  /** Whether Enter alone sends. Default: what the browser keeps. */
  enterSends?: Signal<boolean>;
}

/** The text stays until it is sent: it is cleared by success alone. */
export function AnswerBox({ draft, onSend, disabledReason, enterSends }: AnswerBoxProps) {
  const setting = useMemo(() => enterSends ?? createEnterSends(), [enterSends]);
  const isSending = useSignal(false);
  const failure = useSignal<{ error: unknown } | undefined>(undefined);
  const box = useRef<HTMLTextAreaElement>(null);
  const typed = useRef(draft.value);
  const id = useId();
  const wait = useWait(failure.value?.error);
  const text = draft.value;
  const isDisabled = disabledReason !== undefined;
  const canSend = !isDisabled && !isSending.value && wait === 0 && text.trim() !== '';

  useShortcuts(
    [{ keys: 'a', label: 'answer.placeholder', group: 'answer', run: () => box.current?.focus() }],
    [],
  );
  // Within the render: a key that the agent presses next is meant for the box.
  useLayoutEffect(() => {
    // Who types fast is ahead of this effect: only what is in the draft now tells a change from outside.
    if (typed.current === draft.peek()) return;
    typed.current = text;
    const element = box.current;
    if (element === null || text === '') return;
    element.focus();
    element.setSelectionRange(text.length, text.length);
    element.scrollTop = element.scrollHeight;
  }, [text]);

  async function send(): Promise<void> {
    if (!canSend || isSending.peek()) return;
    isSending.value = true;
    failure.value = undefined;
    try {
      await onSend(text.trim());
      // What the agent has inserted meanwhile is another answer.
      if (draft.peek() === text) draft.value = '';
    } catch (error) {
      failure.value = { error };
    } finally {
      isSending.value = false;
    }
  }

  return (
    <form
      class="answer-box"
      onSubmit={(event) => {
        event.preventDefault();
        // The button is disabled while the text is sent, and its focus would be lost.
        box.current?.focus();
        void send();
      }}
    >
      <textarea
        ref={box}
        class="field answer-text"
        rows={2}
        aria-label={t('answer.label')}
        aria-describedby={`${id}-hint`}
        placeholder={isDisabled ? '' : t('answer.placeholder')}
        // Not `disabled`: what the agent has begun can still be copied.
        aria-disabled={isDisabled}
        readOnly={isDisabled || isSending.value}
        value={text}
        onInput={({ currentTarget }) => {
          typed.current = currentTarget.value;
          draft.value = currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (!isSendKey(event, setting.value)) return;
          event.preventDefault();
          void send();
        }}
      />
      {failure.value && text !== '' && <ProblemLine error={failure.value.error} />}
      <div class="answer-bar">
        {isDisabled ? (
          text !== '' && (
            <button type="button" class="button" onClick={() => (draft.value = '')}>
              {t('answer.discard')}
            </button>
          )
        ) : (
          <label class="answer-setting">
            <input
              type="checkbox"
              checked={setting.value}
              onChange={({ currentTarget }) => {
                setting.value = currentTarget.checked;
              }}
            />
            {t('answer.enterSends')}
          </label>
        )}
        <p id={`${id}-hint`} class={isDisabled ? 'answer-reason' : 'hint answer-hint'}>
          {disabledReason ?? t(setting.value ? 'answer.hintEnter' : 'answer.hintCtrlEnter')}
        </p>
        <button type="submit" class="button button-primary" disabled={!canSend}>
          <Icon name="send" />
          {sendLabel(isSending.value, wait)}
        </button>
      </div>
    </form>
  );
}

function sendLabel(isSending: boolean, wait: number): string {
  if (isSending) return t('answer.sending');
  return wait > 0 ? t('answer.sendIn', { seconds: wait }) : t('answer.send');
}
