import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import type { CallPaneProps } from './call-pane.tsx';
import { FlagList } from './flag-list.tsx';
import { Notice } from './wall-main.tsx';
import type { WallPage } from './wall-page.ts';

interface OpenedCallProps {
  name: string;
  page: WallPage;
}

/** The transcript of one call. What it needs is loaded with the first call that is opened. */
export function OpenedCall({ name, page }: OpenedCallProps) {
  const Pane = useSignal<ComponentType<CallPaneProps> | undefined>(undefined);
  const hasFailed = useSignal(false);
  const load = useMemo(
    () => async () => {
      hasFailed.value = false;
      try {
        const { CallPane } = await import('./call-pane.tsx');
        Pane.value = CallPane;
      } catch {
        hasFailed.value = true;
      }
    },
    [],
  );
  useEffect(() => void load(), []);
  const close = () => {
    page.opened.value = undefined;
  };
  useShortcuts([{ keys: 'escape', label: 'wall.key.back', group: 'wall', run: close }], []);
  const Loaded = Pane.value;
  const back = <BackButton onClick={close} flagged={page.wall.counts.value.flagged} />;
  if (Loaded !== undefined) {
    const flags = page.wall.tileOf(name)?.flags.value ?? [];
    return (
      <Loaded name={name} signIn={page.signIn} onClose={close}>
        {back}
        {flags.length > 0 && <FlagList flags={flags} />}
      </Loaded>
    );
  }
  return (
    <div class="app">
      <header class="app-header">{back}</header>
      <main class="app-main">
        {hasFailed.value ? (
          <Notice title="wall.openFailed" action="wall.again" onAction={() => void load()} />
        ) : (
          <Notice title="wall.opening" isBusy />
        )}
      </main>
    </div>
  );
}

/** Leads back to the wall, and says how many calls there need attention meanwhile. */
function BackButton({ onClick, flagged }: { onClick: () => void; flagged: number }) {
  return (
    <button type="button" class="button button-small wall-back" ref={focus} onClick={onClick}>
      <span aria-hidden="true">←</span> {t('wall.back')}
      {flagged > 0 && (
        <span class="count">
          <span aria-hidden="true">{flagged}</span>
          <span class="visually-hidden">, {t('wall.flagged', { count: flagged })}</span>
        </span>
      )}
    </button>
  );
}

function focus(button: HTMLButtonElement | null): void {
  button?.focus();
}
