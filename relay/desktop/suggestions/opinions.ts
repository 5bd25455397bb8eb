import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Fault, Judgement, Rating } from './feedback.ts';

/** What the page knows of the agent's opinion of one answer. */
export interface Opinion extends Judgement {
  /** The last attempt to tell Dialogflow failed. */
  hasFailed: boolean;
}

interface Entry {
  opinion: Signal<Opinion>;
  /** What Dialogflow knows. */
  told: Judgement;
  /** The patches that are under way. */
  telling: Promise<void> | undefined;
}

/** Tells Dialogflow a judgement that was another one before. */
type Tell = (answerRecord: string, before: Judgement, now: Judgement) => Promise<void>;

const NONE: Judgement = { rating: undefined, faults: [] };

/**
 * What the agent thinks of answers. A thumb or a fault is taken back when it is pressed again, and the other thumb
 * takes its place. One patch of an answer record is under way at a time: an older opinion must not arrive last.
 */
export class Opinions {
  readonly #tell: Tell;
  readonly #entries = new Map<string, Entry>();

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  of(answerRecord: string): ReadonlySignal<Opinion> {
    return this.#entry(answerRecord).opinion;
  }

  /** Rates an answer. What was wrong with it goes with a bad rating alone. */
  rate(answerRecord: string, rating: Rating): Promise<void> {
    const isTakenBack = this.of(answerRecord).peek().rating === rating;
    return this.#judge(answerRecord, { rating: isTakenBack ? undefined : rating, faults: [] });
  }

  /** Says what is wrong with an answer that was rated bad. */
  blame(answerRecord: string, fault: Fault): Promise<void> {
    const { rating, faults } = this.of(answerRecord).peek();
    const others = faults.filter((other) => other !== fault);
    return this.#judge(answerRecord, {
      rating,
      faults: others.length < faults.length ? others : [...faults, fault],
    });
  }

  #entry(answerRecord: string): Entry {
    const known = this.#entries.get(answerRecord);
    if (known) return known;
    const entry: Entry = { opinion: signal({ ...NONE, hasFailed: false }), told: NONE, telling: undefined };
    this.#entries.set(answerRecord, entry);
    return entry;
  }

  #judge(answerRecord: string, judgement: Judgement): Promise<void> {
    const entry = this.#entry(answerRecord);
    entry.opinion.value = { ...judgement, hasFailed: false };
    entry.telling ??= this.#bringUpToDate(answerRecord, entry).finally(() => {
      entry.telling = undefined;
    });
    return entry.telling;
  }

  async #bringUpToDate(answerRecord: string, entry: Entry): Promise<void> {
    for (;;) {
      const wanted = entry.opinion.peek();
      if (isSame(entry.told, wanted)) return;
      try {
        await this.#tell(answerRecord, entry.told, wanted);
        entry.told = wanted;
      } catch (error) {
        // The buttons show what Dialogflow knows.
        entry.opinion.value = { ...entry.told, hasFailed: true };
        throw error;
      }
    }
  }
}

function isSame(one: Judgement, other: Judgement): boolean {
  return one.rating === other.rating && [...one.faults].sort().join() === [...other.faults].sort().join();
}
