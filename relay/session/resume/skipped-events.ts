import type { ShortName } from '../../../shared/conversation-name.ts';
import type { Logger } from '../../../shared/log.ts';
import type { Position } from '../../../shared/stream/position.ts';

/** Counts events that a desktop did not get and cannot be told of. */
export interface SkippedMeter {
  skipped(events: number): void;
}

/** Conversations whose line was logged. When there are more, each may be logged once more. */
const LOGGED_MAX = 10_000;

/**
 * Counts events that desktops which join by name did not get, because the history no longer had them. Such a desktop was
 * slow or away. The protocol has no message for this. The log names each conversation once.
 */
export class SkippedEvents {
  readonly #logger: Logger;
  readonly #meter: SkippedMeter | undefined;
  readonly #logged = new Set<ShortName>();

  constructor(logger: Logger, meter: SkippedMeter | undefined) {
    this.#logger = logger;
    this.#meter = meter;
  }

  /**
   * A desktop is sent what follows `to`.
   *
   * @param from how far it was, as far as the relay knows. In another life of the log, the number of events is unknown.
   */
  note(conversation: ShortName, from: Position, to: Position): void {
    const events = to.offset - from.offset;
    const isOtherLife = from.epoch !== '' && from.epoch !== to.epoch;
    if (isOtherLife || events <= 0) return;
    this.#meter?.skipped(events);
    if (this.#logged.has(conversation)) return;
    if (this.#logged.size >= LOGGED_MAX) this.#logged.clear();
    this.#logged.add(conversation);
    this.#logger.warn(
      { conversation, events },
      'events were trimmed behind a desktop that joins by name, and the relay cannot tell it: ' +
        'raise HISTORY_SIZE, or let the desktop join with a cursor',
    );
  }
}
