import { t } from '../../strings/strings.ts';

interface DecisionButtonsProps {
  isBusy?: boolean;
  onConfirm(): void;
  onEdit(): void;
  onDecline(): void;
  /** Takes the button that opens the form. */
  opener(button: HTMLElement | null): void;
}

/** What the agent may decide about a tool's call that waits. Keys find the buttons by `data-decision`. */
export function DecisionButtons({
  isBusy = false,
  onConfirm,
  onEdit,
  onDecline,
  opener,
}: DecisionButtonsProps) {
  return (
    <div class="card-tools">
      <button
        type="button"
        class="button button-small button-primary"
        data-decision="confirm"
        disabled={isBusy}
        onClick={onConfirm}
      >
        {t('cards.tool.confirm')}
      </button>
      <button type="button" class="button button-small" disabled={isBusy} ref={opener} onClick={onEdit}>
        {t('cards.tool.edit')}
      </button>
      <button
        type="button"
        class="button button-small"
        data-decision="decline"
        disabled={isBusy}
        onClick={onDecline}
      >
        {t('cards.tool.decline')}
      </button>
    </div>
  );
}
