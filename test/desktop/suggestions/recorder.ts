import { signal } from '@preact/signals';
import type { IntentChoice, SuggestionInput } from '../../../relay/desktop/api/types.ts';
import type { CardActions } from '../../../relay/desktop/suggestions/card-actions.ts';
import { CardCommands } from '../../../relay/desktop/suggestions/card-commands.ts';
import { Feedback } from '../../../relay/desktop/suggestions/feedback-sender.ts';
import { SuggestionsState } from '../../../relay/desktop/suggestions/suggestions-state.ts';

export const NOW = '2026-03-12T09:16:00.000Z';

/** A page that records what cards ask of it. */
export class Recorder implements CardActions {
  /** The calls in their order, each with its argument. */
  readonly calls: [string, unknown][] = [];
  /** The masks of the patches, each with its answer record. */
  readonly patches: [string, string][] = [];
  readonly state = new SuggestionsState();
  readonly feedback = new Feedback({
    now: () => new Date(NOW),
    patchAnswerRecord: async (name, _feedback, mask) => {
      this.patches.push([name.split('/').at(-1) ?? '', mask.join().replaceAll('answerFeedback.', '')]);
    },
  });
  readonly canInsert = signal(true);
  readonly isEnded = signal(false);
  /** What copying, running a tool and choosing an intent fail with. */
  failure: Error | undefined;
  /** The replies that the page has asked follow-ups of. */
  readonly followed: string[] = [];
  /** What may follow any reply; a test sets it. */
  followUpsOf: (reply: string) => Promise<object> = async () => ({});

  commands(isReadOnly = false): CardCommands {
    const { feedback, state } = this;
    return new CardCommands({ actions: this, feedback, state, isReadOnly, now: () => new Date(NOW) });
  }

  insert(text: string): void {
    this.calls.push(['insert', text]);
  }

  send(text: string): void {
    this.calls.push(['send', text]);
  }

  async copy(text: string): Promise<void> {
    this.calls.push(['copy', text]);
    if (this.failure) throw this.failure;
  }

  open(uri: string): void {
    this.calls.push(['open', uri]);
  }

  search(query: string): void {
    this.calls.push(['search', query]);
  }

  async runTool(input: SuggestionInput): Promise<void> {
    this.calls.push(['runTool', input]);
    if (this.failure) throw this.failure;
  }

  async chooseIntent(choice: IntentChoice): Promise<void> {
    this.calls.push(['chooseIntent', choice]);
    if (this.failure) throw this.failure;
  }

  followUps(reply: string): Promise<object> {
    this.followed.push(reply);
    return this.followUpsOf(reply);
  }

  jumpTo(messageName: string): void {
    this.calls.push(['jumpTo', messageName]);
  }
}
