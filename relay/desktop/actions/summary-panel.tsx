import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import type { SummaryResponse } from '../api/types.ts';
import { t } from '../strings/strings.ts';
import type { SubmittedSummary } from './answer-uses.ts';
import { AskFirst } from './ask-first.tsx';
import { CopyButton } from './copy-button.tsx';
import { ProblemLine } from './problem-line.tsx';
import {
  isEdited,
  type SummaryDraft,
  submittedSummary,
  summaryDraftOf,
  summaryText,
  withSection,
} from './summary-draft.ts';

export interface SummaryPanelProps {
  generate: () => Promise<SummaryResponse>;
  copy: (text: string) => Promise<void>;
  /** Tells Dialogflow which summary the agent has submitted. Absent where the agent may give no feedback. */
  submit?: (answerRecord: string, summary: SubmittedSummary) => Promise<void>;
}

type Work = 'generating' | 'submitting';

export function SummaryPanel({ generate, copy, submit }: SummaryPanelProps) {
  const draft = useSignal<SummaryDraft | undefined>(undefined);
  const work = useSignal<Work | undefined>(undefined);
  const isEmpty = useSignal(false);
  const failure = useSignal<{ error: unknown; of: Work } | undefined>(undefined);
  /** The text that was submitted last. */
  const submitted = useSignal<string | undefined>(undefined);
  const panel = useRef<HTMLDivElement>(null);
  const shown = draft.value;
  const text = shown === undefined ? '' : summaryText(shown);
  const isSubmitted = shown !== undefined && submitted.value === text;

  async function during(kind: Work, step: () => Promise<void>): Promise<void> {
    if (work.peek() !== undefined) return;
    work.value = kind;
    failure.value = undefined;
    try {
      await step();
    } catch (error) {
      failure.value = { error, of: kind };
    } finally {
      work.value = undefined;
    }
  }

  const onGenerate = () =>
    during('generating', async () => {
      const made = summaryDraftOf(await generate(), Date.now());
      isEmpty.value = made === undefined;
      if (made === undefined) return;
      draft.value = made;
      submitted.value = undefined;
    });

  const onSubmit = () =>
    during('submitting', async () => {
      if (shown?.answerRecord === undefined || isSubmitted) return;
      await submit?.(shown.answerRecord, submittedSummary(shown, new Date()));
      submitted.value = text;
    });

  return (
    <div class="summary-panel" ref={panel}>
      {shown === undefined ? (
        <button
          type="button"
          class="button"
          disabled={work.value !== undefined}
          onClick={({ detail }) => {
            // By keyboard: the button goes away, and the first section takes the focus.
            const focus = () => panel.current?.querySelector('textarea')?.focus();
            void onGenerate().then(() => detail === 0 && requestAnimationFrame(focus));
          }}
        >
          {t(work.value === 'generating' ? 'summary.generating' : 'summary.generate')}
        </button>
      ) : (
        <>
          {shown.sections.map((section, index) => (
            <Section
              key={section.section}
              name={section.section}
              text={section.text}
              onEdit={(edited) => {
                draft.value = withSection(shown, index, edited);
              }}
            />
          ))}
          <div class="actions-row">
            <CopyButton text={text} copy={copy} />
            {submit && shown.answerRecord !== undefined && (
              <button
                type="button"
                class="button button-primary"
                // Not `disabled`: a button that is disabled loses the focus.
                aria-disabled={work.value !== undefined || isSubmitted}
                onClick={() => void onSubmit()}
              >
                {t(submitLabel(work.value, isSubmitted))}
              </button>
            )}
            <AskFirst
              label={t(work.value === 'generating' ? 'summary.generating' : 'summary.again')}
              // What nobody has edited is lost without a loss.
              isNeeded={isEdited(shown) && !isSubmitted}
              isDisabled={work.value !== undefined}
              question={t('summary.againQuestion')}
              explanation={t('summary.againExplanation')}
              confirmLabel={t('summary.againConfirm')}
              onConfirm={() => void onGenerate()}
            />
          </div>
        </>
      )}
      <p class="found-status" role="status">
        {isSubmitted ? t('summary.submitted') : isEmpty.value ? t('summary.empty') : ''}
      </p>
      {failure.value && (
        <ProblemLine
          error={failure.value.error}
          onRetry={() => void (failure.value?.of === 'submitting' ? onSubmit() : onGenerate())}
        />
      )}
    </div>
  );
}

function submitLabel(work: Work | undefined, isSubmitted: boolean) {
  if (work === 'submitting') return 'summary.submitting';
  return isSubmitted ? 'summary.submittedLabel' : 'summary.submit';
}

function Section({ name, text, onEdit }: { name: string; text: string; onEdit: (text: string) => void }) {
  const id = useId();
  return (
    <div class="summary-section">
      <label for={id} class="summary-name">
        {name || t('summary.whole')}
      </label>
      <textarea
        id={id}
        class="field summary-text"
        rows={2}
        value={text}
        onInput={({ currentTarget }) => onEdit(currentTarget.value)}
      />
    </div>
  );
}
