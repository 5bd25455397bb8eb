import type { Kind } from './client-kinds.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import type { SimulatedRelay } from './simulated-relay.ts';

export interface PageOptions {
  kind: Kind;
  /** Which of its requests have an acknowledgement. */
  acknowledged: 'all' | 'none' | 'leaves' | 'some';
  isPolling: boolean;
  swallowsPings: boolean;
  /** Whether it fetches a token for each connection. */
  hasFreshTokens: boolean;
  /** Whether no event may come twice in a stay. */
  isExact: boolean;
}

export interface PageDeps {
  clock: SimulatedClock;
  relays: readonly SimulatedRelay[];
  /** A token that nobody has had. */
  newTokenId(): string;
}
