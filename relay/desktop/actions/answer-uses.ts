// What the panels of this folder and of the companion ask of the rest of the page. `CardActions` and `Feedback` of the
// suggestions have all of it.
import type { ReadonlySignal } from '@preact/signals';
import type { Opinion } from '../suggestions/opinions.ts';

/** What an agent may do with a text or an address. */
export interface TextActions {
  /** Puts the text into the answer box. */
  insert(text: string): void;
  /** Whether the answer box takes a text. Default: always. */
  canInsert?: ReadonlySignal<boolean>;
  /** Rejects where the browser denies access to the clipboard. */
  copy(text: string): Promise<void>;
  /** Opens a web address in a new tab. */
  open(uri: string): void;
}

export interface RatedAnswer {
  answerRecord?: string;
  text: string;
}

export type AnswerUse = { how: 'inserted' | 'copied' } | { how: 'opened'; uri: string };

/** Where what the agent does with an answer is told. */
export interface AnswerFeedbackHooks<Kind extends string> {
  displayed(answer: RatedAnswer): void;
  used(kind: Kind, answer: RatedAnswer, use: AnswerUse): void;
  rate(answer: RatedAnswer, rating: 'good' | 'bad'): Promise<void>;
  /** What the agent thinks of the answer; it says so where Dialogflow could not be told. */
  opinionOf(answer: RatedAnswer): ReadonlySignal<Opinion>;
}

export interface SubmittedSummary {
  text: string;
  /** The text of each section by its name. */
  sections: Readonly<Record<string, string>>;
  /** When the agent got the summary. */
  startedAt: Date;
  submittedAt: Date;
}
