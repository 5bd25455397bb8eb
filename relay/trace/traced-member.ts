import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { JoinAnswer, Member } from '../delivery/member.ts';
import type { DeliveryTimes } from './delivery-times.ts';

/** A member of a room, and how far it was given the conversation. */
export class TracedMember implements Member {
  readonly #member: Member;
  readonly #times: DeliveryTimes;
  readonly #now: () => number;
  #isLive = false;
  /** When it asked for the conversation, in milliseconds since 1970. */
  readonly askedAt: number;
  /** When it was let in. */
  joinedAt: number | undefined;
  /** The last event that it was given, or where it started. */
  position: Position | undefined;

  constructor(member: Member, times: DeliveryTimes, now: () => number) {
    this.#member = member;
    this.#times = times;
    this.#now = now;
    this.askedAt = now();
  }

  /** It has reached the top of the log: what it is given from here on was published just now. */
  live(): void {
    this.#isLive = true;
  }

  joined(answer: JoinAnswer): void {
    this.joinedAt = this.#now();
    this.position = answer.position;
    this.#member.joined(answer);
  }

  deliver(message: ChannelMessage): void {
    if (message.type === 'event') {
      this.position = message.position;
      if (this.#isLive) this.#times.note(message.position, this.#now);
    }
    this.#member.deliver(message);
  }

  reset(position: Position, from: Position): void {
    this.position = position;
    this.#member.reset(position, from);
  }

  inTurn(read: () => Promise<() => boolean>): Promise<boolean> {
    return this.#member.inTurn?.(read) ?? read().then((deliver) => deliver());
  }
}
