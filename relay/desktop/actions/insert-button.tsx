import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';

/** Puts a text into the answer box. */
export function InsertButton({ onInsert }: { onInsert: () => void }) {
  return (
    <button type="button" class="button button-quiet" onClick={onInsert}>
      <Icon name="insert" />
      {t('use.insert')}
    </button>
  );
}
