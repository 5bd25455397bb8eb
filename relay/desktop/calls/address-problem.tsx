import { useSignal } from '@preact/signals';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';

/** Says that the page's address asks for what is no conversation, until the agent closes it. */
export function AddressProblem({ names }: { names: readonly string[] }) {
  const isOpen = useSignal(names.length > 0);
  if (!isOpen.value) return null;
  return (
    <div class="banner banner-closable" role="alert">
      <p>{t('calls.badAddress', { name: names.join(', ') })}</p>
      <IconButton icon="close" label={t('app.close')} onClick={() => (isOpen.value = false)} />
    </div>
  );
}
