import { LRUCache } from 'lru-cache';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Position } from '../../shared/stream/position.ts';
import type { Hub } from '../delivery/hub.ts';
import { DeliveryTimes } from './delivery-times.ts';
import type { TraceLimits } from './limits.ts';
import { TracedMember } from './traced-member.ts';

/** Where the members of this relay's rooms are, and when events were handed to them. */
export class DeliveryTrail {
  readonly #limits: TraceLimits;
  readonly #now: () => number;
  /** By the member that the hub was given before it was wrapped; the newest stay of each. */
  readonly #stays = new WeakMap<object, TracedMember>();
  readonly #times: LRUCache<ShortName, DeliveryTimes>;

  constructor(limits: TraceLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
    this.#times = new LRUCache({ max: limits.timedConversationsMax });
  }

  /** The hub, which also tells what it delivers to whom. */
  follow(hub: Pick<Hub, 'join'>): Pick<Hub, 'join'> {
    return {
      join: (conversation, member, from) => {
        const stay = new TracedMember(member, this.#timesOf(conversation), this.#now);
        this.#stays.set(member, stay);
        const membership = hub.join(conversation, stay, from);
        membership.ready.then(
          () => stay.live(),
          () => {}, // the desktop is told
        );
        return membership;
      },
    };
  }

  /** Where a member is, by the object that joined the hub. */
  stayOf(member: object): Pick<TracedMember, 'askedAt' | 'joinedAt' | 'position'> | undefined {
    return this.#stays.get(member);
  }

  /** When the newest events of a conversation were handed out. */
  deliveredOf(conversation: ShortName): { position: Position; at: number }[] {
    return this.#times.peek(conversation)?.list() ?? [];
  }

  #timesOf(conversation: ShortName): DeliveryTimes {
    const known = this.#times.get(conversation) ?? new DeliveryTimes(this.#limits.timedEventsMax);
    this.#times.set(conversation, known);
    return known;
  }
}
