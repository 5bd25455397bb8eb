import type { ReadonlySignal } from '@preact/signals';
import type { Answer } from './card-types.ts';
import {
  type AnswerFeedback,
  displayedFields,
  type Fault,
  type FeedbackField,
  type FeedbackKind,
  judgedFields,
  patchOf,
  type Rating,
  type Use,
  usedFields,
} from './feedback.ts';
import { type Opinion, Opinions } from './opinions.ts';

export interface FeedbackOptions {
  /** `answerRecords.patch`, of either version: they differ in summaries alone. */
  patchAnswerRecord(name: string, feedback: AnswerFeedback, updateMask: readonly string[]): Promise<void>;
  now?: () => Date;
}

/**
 * Tells Dialogflow what the agent does with suggestions: that it was shown and used at most once, and what the agent
 * thinks of it as often as that changes. One of it serves all calls of a page, because names of answer records are
 * unique.
 */
export class Feedback {
  readonly #options: FeedbackOptions;
  /** Keys of the fields that were sent, by answer record. */
  readonly #sent = new Map<string, Set<string>>();
  readonly #opinions = new Opinions((name, before, now) => this.#patch(name, judgedFields(before, now)));

  constructor(options: FeedbackOptions) {
    this.#options = options;
  }

  /** The answer was in view. */
  displayed({ answerRecord }: Answer): void {
    this.#tellOnce(answerRecord, displayedFields(this.#now()));
  }

  /** The answer was inserted, copied, sent, or one of its sources was opened. */
  used(kind: FeedbackKind, { answerRecord }: Pick<Answer, 'answerRecord'>, use: Use): void {
    this.#tellOnce(answerRecord, usedFields(kind, use, this.#now()));
  }

  /**
   * Rates an answer, or takes the same rating back. A rating that could not be sent is taken back, too.
   *
   * @throws {unknown} what the patch failed with.
   */
  async rate({ answerRecord }: Answer, rating: Rating): Promise<void> {
    if (answerRecord !== undefined) await this.#opinions.rate(answerRecord, rating);
  }

  /**
   * Says what is wrong with an answer that was rated bad, or takes that back.
   *
   * @throws {unknown} what the patch failed with.
   */
  async blame({ answerRecord }: Answer, fault: Fault): Promise<void> {
    if (answerRecord !== undefined) await this.#opinions.blame(answerRecord, fault);
  }

  opinionOf({ answerRecord = '' }: Answer): ReadonlySignal<Opinion> {
    return this.#opinions.of(answerRecord);
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  async #patch(answerRecord: string, fields: readonly FeedbackField[]): Promise<void> {
    const { feedback, updateMask } = patchOf(fields);
    await this.#options.patchAnswerRecord(answerRecord, feedback, updateMask);
  }

  /** Sends what has not been sent. Without a word to the agent when it fails: they have not asked for it. */
  #tellOnce(answerRecord: string | undefined, fields: readonly FeedbackField[]): void {
    if (answerRecord === undefined) return;
    const sent = this.#sent.get(answerRecord) ?? new Set();
    this.#sent.set(answerRecord, sent);
    const keyOf = ({ key, path }: FeedbackField) => key ?? path;
    // A time goes with its flag: of two clicks the first counts.
    const unsent = fields.filter((field) => !sent.has(keyOf(field)));
    if (unsent.length === 0) return;
    for (const field of unsent) sent.add(keyOf(field));
    this.#patch(answerRecord, unsent).catch(() => {
      // Dialogflow appends addresses: a patch whose answer was lost must not come twice. The rest may be sent again.
      for (const field of unsent) if (field.key === undefined) sent.delete(keyOf(field));
    });
  }
}
