import { type Signal, signal } from '@preact/signals';

const KEY = 'agent-desktop.enter-sends';

/** Whether Enter alone sends an answer. The browser keeps the agent's choice, where it lets the page store anything. */
export function createEnterSends(storage: () => Storage = () => localStorage): Signal<boolean> {
  const setting = signal(true);
  try {
    setting.value = storage().getItem(KEY) !== 'no';
  } catch {
    // The default stands.
  }
  setting.subscribe((value) => {
    try {
      storage().setItem(KEY, value ? 'yes' : 'no');
    } catch {
      // The choice holds until the page is reloaded.
    }
  });
  return setting;
}
