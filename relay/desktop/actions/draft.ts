import type { Signal } from '@preact/signals';

/**
 * The draft with a text added: as it is into an empty one, behind a space otherwise. A text that the draft ends with is
 * not added again: a double click inserts once.
 */
export function withInserted(draft: string, text: string): string {
  if (draft.trim() === '') return text;
  if (draft.endsWith(text) && /^\s?$/.test(draft.slice(0, -text.length).slice(-1))) return draft;
  return /\s$/.test(draft) ? draft + text : `${draft} ${text}`;
}

/** What `CardActions.insert` does. The answer box then takes the focus, with the cursor at the end. */
export function insertInto(draft: Signal<string>, text: string): void {
  draft.value = withInserted(draft.value, text);
}

/** Of a key press, what the answer box looks at. */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
  altKey: boolean;
  /** An input method is composing a character: its Enter ends that, and sends nothing. */
  isComposing: boolean;
}

/** Whether a key press sends the draft: Ctrl+Enter and ⌘+Enter always, Enter alone where the agent has set it so. */
export function isSendKey(press: KeyPress, enterSends: boolean): boolean {
  if (press.key !== 'Enter' || press.isComposing || press.shiftKey || press.altKey) return false;
  return press.ctrlKey || press.metaKey || enterSends;
}
