import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { Place } from './merge.ts';
import type { Member } from './room.ts';
import type { Sink } from './track.ts';

/** Where a joining member's track delivers: the member, after it has been told where it starts. */
export class Arrival implements Sink {
  readonly #member: Member;
  #isAnswered = false;
  #recovered = true;

  constructor(member: Member) {
    this.#member = member;
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Tells the member where it starts, unless it knows. */
  answer(start: Place): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#member.joined({ position: start.position, recovered: this.#recovered });
  }

  deliver(message: ChannelMessage, from: Place): void {
    this.answer(from);
    this.#member.deliver(message);
  }

  reset(_from: Place, to: Place): void {
    if (this.#isAnswered) this.#member.reset(to.position);
    else this.#recovered = false;
  }
}
