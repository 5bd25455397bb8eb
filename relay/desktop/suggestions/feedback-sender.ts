import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Answer } from './card-types.ts';
import {
  type AnswerFeedback,
  displayedFields,
  type Fault,
  type FeedbackField,
  type FeedbackKind,
  faultFields,
  patchOf,
  type Rating,
  ratedFields,
  type Use,
  usedFields,
} from './feedback.ts';

export interface FeedbackOptions {
  /** `answerRecords.patch`, of either version: they differ in summaries alone. */
  patchAnswerRecord(name: string, feedback: AnswerFeedback, updateMask: readonly string[]): Promise<void>;
  now?: () => Date;
}

/** What the page knows of the agent's opinion of one answer. */
export interface Opinion {
  rating?: Rating;
  faults: readonly Fault[];
  /** The last attempt to tell Dialogflow failed. */
  hasFailed: boolean;
}

const NO_OPINION: Opinion = { faults: [], hasFailed: false };

/**
 * Tells Dialogflow what the agent does with suggestions: each field of an answer record at most once. One of it serves
 * all calls of a page, because names of answer records are unique.
 */
export class Feedback {
  readonly #options: FeedbackOptions;
  /** Keys of the fields that were sent, by answer record. */
  readonly #sent = new Map<string, Set<string>>();
  readonly #opinions = new Map<string, Signal<Opinion>>();

  constructor(options: FeedbackOptions) {
    this.#options = options;
  }

  /** The answer was in view. */
  displayed({ answerRecord }: Answer): void {
    this.#tell(answerRecord, displayedFields(this.#now()));
  }

  /** The answer was inserted, copied, sent, or one of its sources was opened. */
  used(kind: FeedbackKind, { answerRecord }: Pick<Answer, 'answerRecord'>, use: Use): void {
    this.#tell(answerRecord, usedFields(kind, use, this.#now()));
  }

  /**
   * Rates an answer once. A rating that could not be sent may be given again.
   *
   * @throws {unknown} what the patch failed with.
   */
  async rate({ answerRecord }: Answer, rating: Rating): Promise<void> {
    const opinion = this.#opinion(answerRecord ?? '');
    if (answerRecord === undefined || opinion.value.rating !== undefined) return;
    opinion.value = { ...opinion.value, rating, hasFailed: false };
    try {
      await this.#send(answerRecord, ratedFields(rating));
    } catch (error) {
      opinion.value = { ...NO_OPINION, hasFailed: true };
      throw error;
    }
  }

  /**
   * Says what is wrong with an answer that was rated bad.
   *
   * @throws {unknown} what the patch failed with.
   */
  async blame({ answerRecord }: Answer, fault: Fault): Promise<void> {
    const opinion = this.#opinion(answerRecord ?? '');
    if (answerRecord === undefined || opinion.value.faults.includes(fault)) return;
    opinion.value = { ...opinion.value, faults: [...opinion.value.faults, fault], hasFailed: false };
    try {
      await this.#send(answerRecord, faultFields(fault));
    } catch (error) {
      const faults = opinion.value.faults.filter((other) => other !== fault);
      opinion.value = { ...opinion.value, faults, hasFailed: true };
      throw error;
    }
  }

  opinionOf({ answerRecord }: Answer): ReadonlySignal<Opinion> {
    return this.#opinion(answerRecord ?? '');
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #opinion(answerRecord: string): Signal<Opinion> {
    const known = this.#opinions.get(answerRecord);
    if (known) return known;
    const opinion = signal(NO_OPINION);
    this.#opinions.set(answerRecord, opinion);
    return opinion;
  }

  /** Without a word to the agent when it fails: they have not asked for it. */
  #tell(answerRecord: string | undefined, fields: readonly FeedbackField[]): void {
    this.#send(answerRecord, fields).catch(() => {});
  }

  /** Sends what has not been sent. */
  async #send(answerRecord: string | undefined, fields: readonly FeedbackField[]): Promise<void> {
    if (answerRecord === undefined) return;
    const sent = this.#sent.get(answerRecord) ?? new Set();
    this.#sent.set(answerRecord, sent);
    const keyOf = ({ key, path }: FeedbackField) => key ?? path;
    // A time goes with its flag: of two clicks the first counts.
    const unsent = fields.filter((field) => !sent.has(keyOf(field)));
    if (unsent.length === 0) return;
    for (const field of unsent) sent.add(keyOf(field));
    const { feedback, updateMask } = patchOf(unsent);
    try {
      await this.#options.patchAnswerRecord(answerRecord, feedback, updateMask);
    } catch (error) {
      // Dialogflow appends addresses: a patch whose answer was lost must not come twice. The rest may be sent again.
      for (const field of unsent) if (field.key === undefined) sent.delete(keyOf(field));
      throw error;
    }
  }
}
