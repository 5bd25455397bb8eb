import type { Logger } from '../shared/log.ts';
import type { SupersededBy } from '../shared/stream/event-log.ts';

/** How often a line is written at most, in milliseconds: there may be hundreds a second. */
const LOG_EVERY_MS = 60_000;

/**
 * Counts interim transcripts that were overtaken, and says so at once and then once a minute: an instance has no port
 * to be asked at, and may be gone in a minute. What the last of its lines does not have is lost with it.
 */
export class DroppedInterims {
  readonly #logger: Logger;
  readonly #now: () => number;
  #stale = 0;
  #over = 0;
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  note(reason: SupersededBy): void {
    if (reason === 'stale') this.#stale++;
    else this.#over++;
    if (this.#now() - this.#loggedAt < LOG_EVERY_MS) return;
    this.#loggedAt = this.#now();
    this.#logger.info(
      { dropped_stale: this.#stale, dropped_over: this.#over },
      'interim transcripts dropped since the last such line',
    );
    this.#stale = 0;
    this.#over = 0;
  }
}
