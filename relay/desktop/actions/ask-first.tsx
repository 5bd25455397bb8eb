import { useId, useRef } from 'preact/hooks';
import type { Shortcut } from '../keyboard/shortcuts.ts';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';

export interface AskFirstProps {
  /** Of the button that starts it. */
  label: string;
  question: string;
  explanation: string;
  confirmLabel: string;
  onConfirm: () => void;
  /** False where the step can be taken without a question. Default: true. */
  isNeeded?: boolean;
  isDisabled?: boolean;
  /** The key that does what the button does. */
  shortcut?: Omit<Shortcut, 'run'>;
  /** Whether the step cannot be undone. */
  isDangerous?: boolean;
}

/** A button whose step is taken after a question in a modal dialog. The way back has the focus, and Escape takes it. */
export function AskFirst(props: AskFirstProps) {
  const { label, question, explanation, confirmLabel, onConfirm } = props;
  const { isNeeded = true, isDisabled = false, isDangerous = false, shortcut } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  function start(): void {
    if (isDisabled) return;
    if (isNeeded) dialog.current?.showModal();
    else onConfirm();
  }
  useShortcuts(shortcut === undefined || isDisabled ? [] : [{ ...shortcut, run: start }], [isDisabled]);
  return (
    <>
      <button
        type="button"
        class={isDangerous ? 'button button-danger' : 'button'}
        // Not `disabled`: a button that is disabled loses the focus.
        aria-disabled={isDisabled}
        aria-haspopup={isNeeded ? 'dialog' : undefined}
        onClick={start}
      >
        {label}
      </button>
      <dialog
        ref={dialog}
        class="dialog question"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-text`}
      >
        <form method="dialog">
          <h2 id={`${id}-title`}>{question}</h2>
          <p id={`${id}-text`}>{explanation}</p>
          <div class="actions-row question-answers">
            <button type="submit" class="button" autofocus>
              {t('use.goBack')}
            </button>
            <button
              type="submit"
              class={isDangerous ? 'button button-primary button-danger' : 'button button-primary'}
              onClick={onConfirm}
            >
              {confirmLabel}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
