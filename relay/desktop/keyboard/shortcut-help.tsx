import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { type Shortcut, type ShortcutGroup, shortcuts, singleKeys } from './shortcuts.ts';
import { useShortcuts } from './use-shortcuts.ts';

const GROUPS: readonly ShortcutGroup[] = ['wall', 'calls', 'transcript', 'panels', 'suggestions', 'answer'];

const KEY_NAMES: Readonly<Record<string, string>> = {
  ctrl: 'Ctrl',
  alt: 'Alt',
  enter: 'Enter',
  escape: 'Esc',
  arrowdown: '↓',
  arrowup: '↑',
  arrowleft: '←',
  arrowright: '→',
  home: 'Home',
  end: 'End',
};

/** The button and the list of shortcuts that `?` opens. */
export function ShortcutHelp() {
  const isOpen = useSignal(false);
  const dialog = useRef<HTMLDialogElement>(null);
  useShortcuts(
    [
      {
        keys: '?',
        label: 'keyboard.help',
        group: 'calls',
        run: () => {
          isOpen.value = true;
        },
      },
    ],
    [],
  );
  useEffect(() => {
    if (isOpen.value) dialog.current?.showModal();
  }, [isOpen.value]);
  return (
    <>
      <IconButton icon="help" label={t('keyboard.help')} onClick={() => (isOpen.value = true)} />
      {isOpen.value && (
        <dialog
          ref={dialog}
          class="dialog"
          aria-labelledby="shortcuts-title"
          onClose={() => (isOpen.value = false)}
        >
          <header class="dialog-header">
            <h2 id="shortcuts-title">{t('keyboard.title')}</h2>
            <IconButton icon="close" label={t('app.close')} onClick={() => dialog.current?.close()} />
          </header>
          <div class="shortcut-groups">
            {GROUPS.map((group) => (
              <ShortcutList key={group} group={group} />
            ))}
          </div>
          <label class="check-field">
            <input
              type="checkbox"
              checked={singleKeys.value}
              onChange={({ currentTarget }) => (singleKeys.value = currentTarget.checked)}
            />
            {t('keyboard.singleKeys')}
          </label>
        </dialog>
      )}
    </>
  );
}

function ShortcutList({ group }: { group: ShortcutGroup }) {
  const listed = shortcuts.value.filter((shortcut) => shortcut.group === group);
  if (listed.length === 0) return null;
  return (
    <section>
      <h3>{t(`keyboard.${group}`)}</h3>
      <dl class="shortcut-list">
        {listed.map((shortcut) => (
          <div key={shortcut.keys}>
            <dt>{t(shortcut.label, shortcut.values)}</dt>
            <dd>
              <Keys shortcut={shortcut} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Keys({ shortcut: { keys } }: { shortcut: Shortcut }) {
  const names = keys === '+' ? ['+'] : keys.split('+');
  return names.map((name) => <kbd key={name}>{KEY_NAMES[name] ?? name.toUpperCase()}</kbd>);
}
