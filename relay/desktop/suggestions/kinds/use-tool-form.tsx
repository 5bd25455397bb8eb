import { useSignal } from '@preact/signals';
import type { VNode } from 'preact';
import { useRef } from 'preact/hooks';
import { draftOf, type ParameterDraft, type Parameters } from '../tool-parameters.ts';
import { ToolForm } from './tool-form.tsx';

interface OpenableToolForm {
  /** The form, undefined while it is closed. */
  view: VNode | undefined;
  open(): void;
  /** Takes the button that opens the form: it has the focus again when the agent comes back. */
  opener(button: HTMLElement | null): void;
}

/** The form of a tool's parameters, which a button opens. */
export function useToolForm(
  parameters: Readonly<Parameters>,
  onRun: (edited: Parameters) => void,
): OpenableToolForm {
  const draft = useSignal<ParameterDraft | undefined>(undefined);
  const returns = useRef(false);
  const view = draft.value && (
    <ToolForm
      draft={draft.value}
      onChange={(next) => {
        draft.value = next;
      }}
      onRun={(edited) => {
        draft.value = undefined;
        onRun(edited);
      }}
      onBack={() => {
        draft.value = undefined;
        returns.current = true;
      }}
    />
  );
  return {
    view,
    open() {
      draft.value = draftOf(parameters);
    },
    opener(button) {
      if (button === null) return;
      if (returns.current) button.focus();
      returns.current = false;
    },
  };
}
