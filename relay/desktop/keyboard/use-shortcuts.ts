import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import { registerShortcuts, type Shortcut } from './shortcuts.ts';

/** Whether the part of the page is the one that keys act on: of the open calls, one is. */
export const TakesKeys = createContext(true);

/** Registers shortcuts while the component is there and its part of the page takes keys. */
export function useShortcuts(shortcuts: readonly Shortcut[], dependencies: readonly unknown[]): void {
  const takesKeys = useContext(TakesKeys);
  useEffect(() => (takesKeys ? registerShortcuts(shortcuts) : undefined), [takesKeys, ...dependencies]);
}
