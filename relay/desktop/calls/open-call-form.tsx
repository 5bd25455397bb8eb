import { useSignal } from '@preact/signals';
import type { TargetedSubmitEvent } from 'preact';
import { useId } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { type Destination, destinationOf } from './destination.ts';

interface OpenCallFormProps {
  onOpen(destination: Destination): void;
  /** Whether the field takes the keyboard at once. */
  isFocused?: boolean;
}

/** Asks for a conversation's name or a phone number. */
export function OpenCallForm({ onOpen, isFocused = false }: OpenCallFormProps) {
  const id = useId();
  const isInvalid = useSignal(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const field = event.currentTarget.elements.namedItem('destination');
    const destination = field instanceof HTMLInputElement ? destinationOf(field.value) : undefined;
    isInvalid.value = destination === undefined;
    if (destination !== undefined) onOpen(destination);
  };
  return (
    <form class="open-call" onSubmit={submit} noValidate>
      <label for={id}>{t('calls.field')}</label>
      <div class="open-call-row">
        <input
          id={id}
          class="field"
          name="destination"
          autoComplete="off"
          spellcheck={false}
          aria-describedby={`${id}-hint`}
          aria-invalid={isInvalid.value}
          // A dialog that opens gives the focus to the element with this attribute, else to its first button.
          autofocus={isFocused}
          ref={isFocused ? focus : null}
          onInput={() => (isInvalid.value = false)}
        />
        <button type="submit" class="button button-primary">
          {t('calls.submit')}
        </button>
      </div>
      <p id={`${id}-hint`} class={isInvalid.value ? 'hint hint-error' : 'hint'}>
        {t(isInvalid.value ? 'calls.invalid' : 'calls.hint')}
      </p>
    </form>
  );
}

function focus(field: HTMLInputElement | null): void {
  field?.focus();
}
