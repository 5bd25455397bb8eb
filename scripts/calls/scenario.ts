import type { MessageJson, SuggestionResult } from '../local/dialogflow/types.ts';

export type Speaker = 'agent' | 'customer' | 'virtual-agent';

/** A call that was written down: what is said in it, and what Dialogflow makes of it. */
export interface Scenario {
  /** What `--scenario` takes. */
  name: string;
  /** One line for a list of scenarios. */
  title: string;
  /** BCP 47, as in Dialogflow's `languageCode`. */
  language: string;
  steps: readonly Step[];
}

/** One thing that happens in a call. All but suggestions come after the one before has ended. */
export type Step =
  | Speech
  | Keypad
  | Suggestions
  /** Nobody says anything, for so many milliseconds. */
  | { type: 'silence'; ms: number }
  /** The virtual agent gives up: a human agent has to take over. */
  | { type: 'handover' }
  /** Dialogflow cannot go on with the conversation. */
  | { type: 'breakdown'; code: number; message: string }
  | { type: 'hang-up' };

export interface Speech {
  type: 'speech';
  speaker: Speaker;
  text: string;
  /** From -1, angry, to 1, happy. */
  sentiment?: number;
  /** Parts of the text that Dialogflow recognises, in the order of the text. */
  entities?: readonly Entity[];
  /** Words that the recogniser takes for others until the next word is heard: `{ word: 'heard as' }`. */
  misheard?: Readonly<Record<string, string>>;
  /** What else a virtual agent answers. */
  responseMessages?: NonNullable<MessageJson['responseMessages']>;
}

export interface Entity {
  /** As it stands in the text. */
  text: string;
  /** A system entity of Dialogflow, such as `@sys.date`. */
  type: string;
  value: unknown;
}

/** The customer types digits on the phone. */
export interface Keypad {
  type: 'keypad';
  digits: string;
}

/** One event, with one result or several. It comes while the call goes on. */
export interface Suggestions {
  type: 'suggestions';
  /**
   * These stand for names and times that exist only once the call is played: `{{latest}}`, the latest message;
   * `{{record}}`, an answer record that no other suggestion has; `{{record:NAME}}`, an answer record that others may
   * name, too; `{{location}}`, as in `{{location}}/generators/summary`; `{{now}}`, the time of the event.
   */
  results: readonly SuggestionResult[];
  /** From the message before to this event, in milliseconds. */
  afterMs: number;
}
