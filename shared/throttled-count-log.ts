import type { ShortName } from './conversation-name.ts';
import type { Logger } from './log.ts';

/** Rooms read such an event again with every join, and a newer build may write many. */
const WARN_EVERY_MS = 60_000;

/** Says now and then that messages of a kind that this build does not know were not delivered. */
export class PassedOver {
  readonly #logger: Logger;
  readonly #now: () => number;
  #count = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(logger: Logger, now: () => number = Date.now) {
    this.#logger = logger;
    this.#now = now;
  }

  /** A message, or a page with one or more, was passed over. */
  note(conversation: ShortName): void {
    this.#count++;
    if (this.#now() - this.#warnedAt < WARN_EVERY_MS) return;
    this.#warnedAt = this.#now();
    this.#logger.warn(
      { conversation, count: this.#count },
      'a newer build writes kinds of events that this one does not know: they are not delivered',
    );
  }
}
