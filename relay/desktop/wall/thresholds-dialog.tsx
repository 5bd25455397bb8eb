import { type Signal, useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';
import {
  DEFAULT_THRESHOLDS,
  RANGES,
  THRESHOLD_NAMES,
  type ThresholdName,
  type Thresholds,
  thresholdOf,
} from './thresholds.ts';

const LABELS = {
  longCallMinutes: { label: 'wall.longCall', unit: 'wall.unit.minutes' },
  silenceSeconds: { label: 'wall.silence', unit: 'wall.unit.seconds' },
  lowSentiment: { label: 'wall.lowSentiment', unit: 'wall.unit.score' },
} as const;

/** The button and the fields that say from when on a call stands out. A number takes effect when it is typed. */
export function ThresholdsDialog({ thresholds }: { thresholds: Signal<Thresholds> }) {
  const isOpen = useSignal(false);
  const dialog = useRef<HTMLDialogElement>(null);
  /** Fills the fields again. */
  const version = useSignal(0);
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal();
  }, [isOpen.value]);
  const reset = () => {
    thresholds.value = DEFAULT_THRESHOLDS;
    version.value++;
  };
  return (
    <>
      <button type="button" class="button wall-thresholds" onClick={() => (isOpen.value = true)}>
        {t('wall.thresholds')}
      </button>
      {isOpen.value && (
        <dialog
          ref={dialog}
          class="dialog thresholds"
          aria-labelledby="thresholds-title"
          onClose={() => (isOpen.value = false)}
        >
          <header class="dialog-header">
            <h2 id="thresholds-title">{t('wall.thresholds')}</h2>
            <IconButton icon="close" label={t('app.close')} onClick={() => dialog.current?.close()} />
          </header>
          {THRESHOLD_NAMES.map((name) => (
            <ThresholdField key={`${name}-${version.value}`} name={name} thresholds={thresholds} />
          ))}
          <p class="hint">{t('wall.thresholdsHint')}</p>
          <button type="button" class="button button-small" onClick={reset}>
            {t('wall.defaults')}
          </button>
        </dialog>
      )}
    </>
  );
}

interface ThresholdFieldProps {
  name: ThresholdName;
  thresholds: Signal<Thresholds>;
}

function ThresholdField({ name, thresholds }: ThresholdFieldProps) {
  const id = useId();
  const isInvalid = useSignal(false);
  const { min, max, step } = RANGES[name];
  const { label, unit } = LABELS[name];
  const take = (typed: string) => {
    const value = thresholdOf(name, typed);
    isInvalid.value = value === undefined;
    if (value !== undefined && value !== thresholds.peek()[name])
      thresholds.value = { ...thresholds.peek(), [name]: value };
  };
  return (
    <div class="threshold">
      <label for={id}>{t(label)}</label>
      <input
        id={id}
        class="field"
        type="number"
        min={min}
        max={max}
        step={step}
        defaultValue={String(thresholds.peek()[name])}
        aria-invalid={isInvalid.value}
        aria-describedby={`${id}-unit ${id}-error`}
        onInput={({ currentTarget }) => take(currentTarget.value)}
      />
      <span id={`${id}-unit`} class="hint">
        {t(unit)}
      </span>
      <p id={`${id}-error`} class="hint hint-error" role="status">
        {isInvalid.value && t('wall.between', { min, max })}
      </p>
    </div>
  );
}
