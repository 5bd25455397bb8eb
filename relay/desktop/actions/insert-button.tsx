import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import type { TextActions } from './answer-uses.ts';

interface InsertButtonProps {
  actions: Pick<TextActions, 'canInsert'>;
  onInsert: () => void;
}

/** Puts a text into the answer box. It is there where the box takes one. */
export function InsertButton({ actions, onInsert }: InsertButtonProps) {
  if (actions.canInsert?.value === false) return null;
  return (
    <button type="button" class="button button-quiet" onClick={onInsert}>
      <Icon name="insert" />
      {t('use.insert')}
    </button>
  );
}
