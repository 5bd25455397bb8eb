import type { ShortName } from '../../../../../shared/conversation-name.ts';
import type { Link } from './link.ts';
import type { Connected, SimulatedRelay } from './simulated-relay.ts';

/** What a page asks of a relay. */
export interface PageRequest {
  event: 'join-conversation' | 'leave-conversation';
  conversation: ShortName;
  id: number | undefined;
}

/** One connection of the page. */
export interface PageConnection {
  link: Link;
  relay: SimulatedRelay;
  at: Connected | undefined;
  isAnswered: boolean;
  /** How to end the stays whose leaves the relay has taken, while what it sent before is on its way. */
  readonly taken: Set<() => void>;
}
