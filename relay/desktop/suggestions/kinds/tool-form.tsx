import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../../strings/strings.ts';
import {
  type FormField,
  type ParameterDraft,
  type ParameterFault,
  type Parameters,
  parametersOf,
} from '../tool-parameters.ts';

interface ToolFormProps {
  draft: ParameterDraft;
  onChange(draft: ParameterDraft): void;
  onRun(parameters: Parameters): void;
  onBack(): void;
}

/** The parameters of a tool to edit. What cannot be read is said beside the form, and the focus goes to it. */
export function ToolForm({ draft, onChange, onRun, onBack }: ToolFormProps) {
  const fault = useSignal<ParameterFault | undefined>(undefined);
  const form = useRef<HTMLFormElement>(null);
  const faultId = useId();
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), []);
  const submit = (event: Event) => {
    event.preventDefault();
    const result = parametersOf(draft);
    if ('parameters' in result) return onRun(result.parameters);
    fault.value = result.fault;
    const name = result.fault.code === 'not-a-number' ? result.fault.name : undefined;
    const inputs = [...(form.current?.elements ?? [])] as HTMLInputElement[];
    inputs.find((input) => name === undefined || input.name === name)?.focus();
  };
  const change = (next: ParameterDraft) => {
    fault.value = undefined;
    onChange(next);
  };
  const wrong = fault.value;
  const described = wrong === undefined ? {} : { 'aria-describedby': faultId };
  return (
    <form
      ref={form}
      class="card-form"
      noValidate
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onBack();
      }}
    >
      {draft.mode === 'form' ? (
        draft.fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            isWrong={wrong?.code === 'not-a-number' && wrong.name === field.name}
            described={described}
            onInput={(value) => {
              const fields = draft.fields.map((other) => (other === field ? { ...field, value } : other));
              change({ mode: 'form', fields });
            }}
          />
        ))
      ) : (
        <label class="card-field">
          <span>{t('cards.tool.json')}</span>
          <textarea
            class="field"
            rows={Math.min(12, draft.text.split('\n').length + 1)}
            spellcheck={false}
            value={draft.text}
            aria-invalid={wrong !== undefined}
            {...described}
            onInput={(event) => change({ mode: 'json', text: event.currentTarget.value })}
          />
        </label>
      )}
      {wrong && (
        <p class="card-error" id={faultId}>
          {sentenceOf(wrong)}
        </p>
      )}
      <div class="card-tools">
        <button type="submit" class="button button-small button-primary">
          {t('cards.tool.run')}
        </button>
        <button type="button" class="button button-small" onClick={onBack}>
          {t('cards.tool.back')}
        </button>
      </div>
    </form>
  );
}

interface FieldProps {
  field: FormField;
  isWrong: boolean;
  described: { 'aria-describedby'?: string };
  onInput(value: string): void;
}

function Field({ field, isWrong, described, onInput }: FieldProps) {
  if (field.type === 'flag')
    return (
      <label class="card-field is-flag">
        <input
          type="checkbox"
          name={field.name}
          checked={field.value === 'true'}
          onChange={(event) => onInput(String(event.currentTarget.checked))}
        />
        <span>{field.name}</span>
      </label>
    );
  return (
    <label class="card-field">
      <span>{field.name}</span>
      <input
        class="field"
        type="text"
        inputMode={field.type === 'number' ? 'decimal' : 'text'}
        name={field.name}
        value={field.value}
        autoComplete="off"
        aria-invalid={isWrong}
        {...(isWrong ? described : {})}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function sentenceOf(fault: ParameterFault): string {
  if (fault.code === 'not-a-number') return t('cards.tool.notANumber', { name: fault.name });
  if (fault.code === 'not-an-object')
    return t('cards.tool.notAnObject', { example: '{"order_id": "A-1001"}' });
  return t('cards.tool.notJson', { line: fault.line, column: fault.column });
}
