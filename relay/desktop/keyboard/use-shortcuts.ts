import { useEffect } from 'preact/hooks';
import { registerShortcuts, type Shortcut } from './shortcuts.ts';

/** Registers shortcuts while the component is shown. They may use what the component knows at the time of the key. */
export function useShortcuts(shortcuts: readonly Shortcut[], dependencies: readonly unknown[]): void {
  useEffect(() => registerShortcuts(shortcuts), [...dependencies]);
}
