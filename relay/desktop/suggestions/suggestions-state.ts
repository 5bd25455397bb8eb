import { type Signal, signal } from '@preact/signals';
import type { Answer, RepliesCard } from './card-types.ts';

/** Where a tool's call or an intent stands that the agent has decided about. */
export type ToolRun =
  | { state: 'waiting' }
  | { state: 'sending'; isCancelled: boolean }
  /** Dialogflow has taken the decision; the result comes as an event. */
  | { state: 'sent'; isCancelled: boolean; resultBefore: string | undefined }
  | { state: 'failed'; error: unknown };

/**
 * What the panel remembers of one call: the place of the keyboard and the tools that were run. It outlives the panel,
 * which is taken down while another call is shown, so that no tool is run twice.
 */
export class SuggestionsState {
  /** Id of the card that keys act on. */
  readonly current = signal<string | undefined>(undefined);
  /** Which of its answers. */
  readonly answer = signal(0);
  /** What was copied last, or could not be, while the page says so. */
  readonly copied = signal<{ answer: Answer; part: string; isCopied: boolean } | undefined>(undefined);
  /** What may follow the reply that the agent has inserted last, below the card that the reply is of. */
  readonly followUps = signal<{ below: string; card: RepliesCard } | undefined>(undefined);
  readonly #runs = new Map<string, Signal<ToolRun>>();

  /** @param key the answer record of a tool's call or an intent, or the id of its card. */
  runOf(key: string): Signal<ToolRun> {
    const known = this.#runs.get(key);
    if (known) return known;
    const run = signal<ToolRun>({ state: 'waiting' });
    this.#runs.set(key, run);
    return run;
  }
}
