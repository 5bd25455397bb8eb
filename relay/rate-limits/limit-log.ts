import type { Logger } from '../../shared/log.ts';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';

/** What an agent or an address asked for too often, or too much at the same time. */
const LIMITS = [
  'registrations',
  'refusals',
  'adminRefusals',
  'calls',
  'callsUnderWay',
  'streams',
  'analyzeContent',
  'keyLookups',
  'keyWrites',
  'keysStored',
  'lists',
  'authorizer',
] as const;

export type LimitName = (typeof LIMITS)[number];

/** Logs that requests were refused because of a limit: how many for each limit, and the last agent that is known. */
export class LimitLog {
  readonly #log: ThrottledCountLog<LimitName, { sub: string | undefined }>;

  constructor(logger: Pick<Logger, 'warn'>) {
    this.#log = new ThrottledCountLog({
      counted: LIMITS,
      write: (counts, { sub }) => {
        const refused = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
        logger.warn({ refused, sub }, 'requests over a limit were refused');
      },
      now: Date.now,
    });
  }

  /** @param sub the verified identity; undefined where an address is over its limit. */
  count(limit: LimitName, sub?: string): void {
    this.#log.count(limit, { sub });
  }
}
