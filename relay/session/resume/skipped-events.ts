import type { ShortName } from '../../../shared/conversation-name.ts';
import type { Logger } from '../../../shared/log.ts';
import type { Position } from '../../../shared/stream/position.ts';

/** What counts events that a desktop was not sent and cannot be told of. */
export interface SkippedMeter {
  skipped(events: number): void;
}

/** Conversations whose line was logged; when there are more, each may be logged once more. */
const LOGGED_MAX = 10_000;

/**
 * Counts events that desktops which join by name were not sent, because the log no longer had them when it was their turn:
 * the desktop was slow or away. The wire has no word for it. The log names each conversation once.
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
   * @param from how far it was, as far as the relay knows. With another life of the log nobody can tell what lies between.
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
      'events were trimmed behind a desktop that joins by name, which cannot be told: ' +
        'raise HISTORY_SIZE, or let the desktop join with a cursor',
    );
  }
}
