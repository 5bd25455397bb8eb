import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { type ReadLog, type Sink, Track } from './log-follower.ts';
import type { Place } from './position-order.ts';
import type { Member } from './room.ts';

/** A member on its way to the top of the log: on a track of its own, and told first where it starts. */
export class Arrival implements Sink {
  readonly track: Track;
  readonly #member: Member;
  #isAnswered = false;
  #recovered = true;

  constructor(member: Member, read: ReadLog, place: Place) {
    this.#member = member;
    this.track = new Track(read, this, place);
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
    // A member may leave in the middle of being answered: its connection has turned out to be dead.
    if (!this.track.isStopped) this.#member.deliver(message);
  }

  passOver(from: Place): void {
    this.answer(from);
  }

  reset(to: Place): void {
    if (this.#isAnswered) this.#member.reset(to.position);
    else this.#recovered = false;
  }

  inTurn(page: () => Promise<boolean>): Promise<boolean> {
    return this.#member.inTurn?.(page) ?? page();
  }
}
