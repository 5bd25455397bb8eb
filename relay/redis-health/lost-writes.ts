import type { Logger } from '../../shared/log.ts';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';

/**
 * What the relay writes without a promise to anybody. `joins`: what a token has joined, which lets it go on when it has
 * expired. `places`: where desktops are that join by name; written later. `presence`: that somebody watches. `desktops`: how many have joined a conversation;
 * written later.
 */
export const SOFT_WRITES = ['joins', 'places', 'presence', 'desktops'] as const;

export type SoftWrite = (typeof SOFT_WRITES)[number];

/** What such losses count. */
export interface LostWritesMeter {
  writeLost(what: SoftWrite): void;
}

/** Counts the writes that Redis has not taken and that nobody waits for. */
export class LostWrites {
  readonly #log: ThrottledCountLog<SoftWrite, unknown>;
  readonly #meter: LostWritesMeter | undefined;
  readonly #lost = new Set<SoftWrite>();

  constructor(logger: Logger, meter: LostWritesMeter | undefined, now: () => number = Date.now) {
    this.#meter = meter;
    this.#log = new ThrottledCountLog({
      counted: SOFT_WRITES,
      write: (counts, err) =>
        logger.warn({ err, ...counts }, 'Redis did not take writes that nobody waits for'),
      now,
    });
  }

  /** What was lost since Redis last took writes. */
  get kinds(): readonly SoftWrite[] {
    return [...this.#lost];
  }

  /** Takes the errors of these writes. */
  of(what: SoftWrite): (err: unknown) => void {
    return (err) => {
      this.#lost.add(what);
      this.#meter?.writeLost(what);
      this.#log.count(what, err);
    };
  }

  /** Redis takes writes again. */
  forget(): void {
    this.#lost.clear();
  }
}
