// What one page may see of the conversations that it has joined by name.
import type { ShortName } from '../../../../../shared/conversation-name.ts';

/** From a join until the relay takes a leave, or the page ends, or another subject logs in. */
interface Stay {
  /** How many events of the log the page has seen: the first, the second and so on. */
  seen: number;
  /** The last one that came on the present connection; undefined before the first. */
  last: number | undefined;
  /** Events that the page's handler threw at: their repeat is no fault. */
  readonly thrown: Set<number>;
  /** Whether events may be repeated that should not be: the relay could not write that the page had left before. */
  mayRepeat: () => boolean;
  /** What was seen before the leave, until every relay knows of the leave: on one that does not, the stay before may go on. */
  before: number;
  /** Whether the present relay knows of the leave. */
  isLeaveKnown: boolean;
}

/** A leave that the page has sent. */
export interface Leave {
  /** The page has another connection. Says whether its relay knows of the leave. */
  connected(isKnown: boolean): void;
  /** From now on every relay knows of it. */
  settle(): void;
}

/** What was seen in a stay that may go on. */
const goneOn = (stay: Stay | undefined) => (stay === undefined || stay.isLeaveKnown ? 0 : stay.before);

const NEVER = () => false;
const ALWAYS = () => true;

export class PageView {
  readonly faults: string[] = [];
  /**
   * Whether events may be missing. A page without `pid` whose first request was lost, or could not be noted in Redis, cannot
   * be told from the one that had its token before.
   */
  mayLack = false;
  repeats = 0;
  firsts = 0;
  /** Whether the page is of a kind that is never sent an event again. */
  readonly #isExact: boolean;
  readonly #stays = new Map<ShortName, Stay>();

  constructor(isExact: boolean) {
    this.#isExact = isExact;
  }

  /** The page has joined the conversation, and the log ends with this number. */
  expectAll(conversation: ShortName, top: number): void {
    const stay = this.#stays.get(conversation);
    const seen = stay?.seen ?? 0;
    if (seen !== top && goneOn(stay) !== top && !this.mayLack)
      this.faults.push(`${conversation}: ${seen} of ${top} seen in the end`);
  }

  /** The page's handler is handed the event with this number in the log. */
  event(conversation: ShortName, number: number, { throws = false } = {}): void {
    const stay = this.#stays.get(conversation) ?? this.#begin(conversation, NEVER);
    if (stay.last !== undefined && number !== stay.last + 1) {
      this.faults.push(`${conversation}: ${number} follows ${stay.last} on one connection`);
    }
    stay.last = number;
    // A place may be behind what was seen.
    if (number > stay.seen + 1 && number <= goneOn(stay) + 1) {
      stay.seen = stay.before;
      stay.mayRepeat = ALWAYS;
    }
    if (this.mayLack && number > stay.seen) stay.seen = number - 1;
    if (number > stay.seen + 1)
      this.faults.push(`${conversation}: ${number} comes first after ${stay.seen}: skipped`);
    if (number > stay.seen) {
      stay.seen = number;
      this.firsts++;
    } else {
      this.repeats++;
      const isExcused = stay.thrown.has(number) || stay.mayRepeat();
      if (this.#isExact && !isExcused)
        this.faults.push(`${conversation}: ${number} of ${stay.seen} is repeated`);
    }
    if (throws) stay.thrown.add(number);
    // The offset that the page has now covers these, too.
    else for (const earlier of stay.thrown) if (earlier <= number) stay.thrown.delete(earlier);
  }

  /** The page has another connection. */
  connected(): void {
    for (const stay of this.#stays.values()) stay.last = undefined;
  }

  /**
   * What comes from here on is after a leave that the relay has taken.
   *
   * @param mayRepeat whether events of the stay that follows may be repeated.
   */
  left(conversation: ShortName, mayRepeat: () => boolean): Leave {
    const last = this.#stays.get(conversation);
    // A leave that reaches Redis late may also come after this one.
    const stay = this.#begin(conversation, last?.mayRepeat === ALWAYS ? ALWAYS : mayRepeat);
    stay.before = Math.max(last?.seen ?? 0, last?.before ?? 0);
    let isSettled = false;
    return {
      connected(isKnown) {
        stay.isLeaveKnown = isKnown;
        // It may reach Redis only after the page has joined again.
        if (!isKnown && !isSettled) stay.mayRepeat = ALWAYS;
      },
      settle() {
        isSettled = true;
        stay.before = 0;
      },
    };
  }

  /** A leave of a connection before this one arrived late: the relay may go on, or begin again. */
  leftLate(conversation: ShortName): void {
    const stay = this.#stays.get(conversation) ?? this.#begin(conversation, NEVER);
    stay.mayRepeat = ALWAYS;
  }

  /** Somebody else has logged in. */
  changedSubject(): void {
    this.#stays.clear();
  }

  #begin(conversation: ShortName, mayRepeat: () => boolean): Stay {
    const stay = {
      seen: 0,
      last: undefined,
      thrown: new Set<number>(),
      mayRepeat,
      before: 0,
      isLeaveKnown: false,
    };
    this.#stays.set(conversation, stay);
    return stay;
  }
}
