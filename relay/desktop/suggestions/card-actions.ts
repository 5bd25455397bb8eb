import type { ReadonlySignal } from '@preact/signals';
import type { IntentChoice, SuggestionInput } from '../api/types.ts';

/** What a card may ask of the rest of the page. */
export interface CardActions {
  /** Puts the text into the answer box. */
  insert(text: string): void;
  /** Whether the answer box takes a text. Default: always. */
  canInsert?: ReadonlySignal<boolean>;
  /** Whether the call is over: Dialogflow takes no decision any more. Default: never. */
  isEnded?: ReadonlySignal<boolean>;
  /** Sends the text to the customer. */
  send(text: string): void;
  /** Rejects where the browser denies access to the clipboard. */
  copy(text: string): Promise<void>;
  /** Opens a web address in a new tab. */
  open(uri: string): void;
  /** Searches the knowledge base for a query that a suggestion proposes. */
  search(query: string): void;
  runTool(input: SuggestionInput): Promise<void>;
  /** Lets the virtual agent go on with an intent that it suggested. */
  chooseIntent(choice: IntentChoice): Promise<void>;
  /** Asks Dialogflow what may follow a reply that the agent is about to send: a SuggestSmartRepliesResponse. */
  followUps(reply: string): Promise<object>;
  /** Scrolls the transcript to an utterance, by its resource name, and marks it. */
  jumpTo(messageName: string): void;
}
