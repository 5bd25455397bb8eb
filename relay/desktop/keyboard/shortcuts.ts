import { type ReadonlySignal, signal } from '@preact/signals';
import type { StringKey } from '../strings/strings.ts';
import { isTextField } from './typing.ts';

/** Under which heading the help lists a shortcut. */
export type ShortcutGroup = 'wall' | 'calls' | 'transcript' | 'panels' | 'suggestions' | 'answer';

export interface Shortcut {
  /** A key as `KeyboardEvent.key` names it, in lower case, with `ctrl+`, `alt+` in front: `j`, `?`, `ctrl+enter`. */
  keys: string;
  label: StringKey;
  values?: Readonly<Record<string, string | number>>;
  group: ShortcutGroup;
  run(event: KeyboardEvent): void;
}

const registered = signal<readonly Shortcut[]>([]);
/** Whether shortcuts of a single key are on. People who dictate their texts turn them off (WCAG 2.1.4). */
export const singleKeys = signal(true);

/** What the help lists. */
export const shortcuts: ReadonlySignal<readonly Shortcut[]> = registered;

/** Adds shortcuts; returns what removes them. Of two with the same keys the one that was added last runs. */
export function registerShortcuts(added: readonly Shortcut[]): () => void {
  registered.value = [...registered.value, ...added];
  return () => {
    registered.value = registered.value.filter((shortcut) => !added.includes(shortcut));
  };
}

/** The keys of an event as {@link Shortcut.keys} has them. `?` and the like need Shift on some keyboards only. */
export function keysOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  return `${ctrlKey || metaKey ? 'ctrl+' : ''}${altKey ? 'alt+' : ''}${key.toLowerCase()}`;
}

/**
 * Runs the shortcut of an event, if it has one. Keys that type a character do nothing while the agent types; Escape leaves
 * the field.
 */
export function handleKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const keys = keysOf(event);
  if (keys === 'escape' && isTextField(event.target)) {
    event.target.blur();
    return;
  }
  const isSingle = !keys.includes('+') || keys === '+';
  if (isSingle && (!singleKeys.value || isTextField(event.target))) return;
  const shortcut = registered.value.findLast((each) => each.keys === keys);
  if (shortcut === undefined || document.querySelector('dialog[open]') !== null) return;
  event.preventDefault();
  shortcut.run(event);
}
