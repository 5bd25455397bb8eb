import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { fieldsOf, type ParameterField, parametersFrom } from './parameter-form.ts';

export interface ParameterFormProps {
  parameters: Readonly<Record<string, unknown>>;
  isBusy: boolean;
  onSubmit: (parameters: Record<string, unknown>) => void;
  onCancel: () => void;
}

/** The parameters of a tool call, each in a field of its type. */
export function ParameterForm({ parameters, isBusy, onSubmit, onCancel }: ParameterFormProps) {
  const fields = useSignal<readonly ParameterField[]>(fieldsOf(parameters));
  const faults = useSignal<readonly string[]>([]);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);

  function submit(): void {
    const result = parametersFrom(fields.value);
    faults.value = result.isValid ? [] : result.faults;
    if (result.isValid) onSubmit(result.parameters);
  }

  return (
    <form
      ref={form}
      class="parameter-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onCancel();
      }}
    >
      {fields.value.map((field, index) => (
        <Field
          key={field.name}
          field={field}
          isFaulty={faults.value.includes(field.name)}
          onChange={(value) => {
            fields.value = fields.value.map((each, at) => (at === index ? { ...each, value } : each));
          }}
        />
      ))}
      <div class="actions-row">
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {t('companion.confirmEdited')}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t('use.goBack')}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  field: ParameterField;
  isFaulty: boolean;
  onChange: (value: string) => void;
}

function Field({ field: { name, kind, value }, isFaulty, onChange }: FieldProps) {
  const id = useId();
  const shared = {
    id,
    'aria-invalid': isFaulty,
    'aria-describedby': isFaulty ? `${id}-fault` : undefined,
  };
  return (
    <div class="parameter">
      <label for={id}>{name}</label>
      {kind === 'boolean' && (
        <input
          {...shared}
          type="checkbox"
          checked={value === 'true'}
          onChange={({ currentTarget }) => onChange(String(currentTarget.checked))}
        />
      )}
      {kind === 'json' && (
        <textarea
          {...shared}
          class="field parameter-json"
          rows={Math.min(8, value.split('\n').length)}
          spellcheck={false}
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
      {(kind === 'text' || kind === 'number') && (
        <input
          {...shared}
          class="field"
          type="text"
          inputMode={kind === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          value={value}
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
      {isFaulty && (
        <p id={`${id}-fault`} class="parameter-fault">
          {t(kind === 'number' ? 'companion.notANumber' : 'companion.notJson')}
        </p>
      )}
    </div>
  );
}
