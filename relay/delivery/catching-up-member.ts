import { START } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { LogFollower, type ReadLog, type Sink } from './log-follower.ts';
import type { DeliveryMeter, JoinFrom, Member } from './member.ts';
import type { StreamPosition } from './position-order.ts';

/** A member that has not reached the top of the log. It has its own follower, and is told first where it starts. */
export class CatchingUpMember implements Sink {
  readonly follower: LogFollower;
  readonly #member: Member;
  readonly #from: JoinFrom;
  readonly #meter: DeliveryMeter | undefined;
  #isAnswered = false;
  #recovered = true;

  constructor(member: Member, from: JoinFrom, read: ReadLog, meter?: DeliveryMeter) {
    this.#member = member;
    this.#from = from;
    this.#meter = meter;
    const position = from === 'live' ? START : from;
    this.follower = new LogFollower(read, this, { position, interims: 0 });
  }

  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Tells the member where it starts, unless it knows. */
  answer(start: StreamPosition): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#meter?.joined(this.#from, this.#recovered);
    this.#member.joined({ position: start.position, recovered: this.#recovered });
  }

  deliver(message: ChannelMessage, from: StreamPosition): void {
    this.answer(from);
    // A member may leave while it is answered, because its connection turns out to be dead.
    if (this.follower.isStopped) return;
    this.#meter?.delivered(message.kind, 1);
    this.#member.deliver(message);
  }

  passOver(from: StreamPosition): void {
    this.answer(from);
  }

  reset(to: StreamPosition, from: StreamPosition): void {
    if (!this.#isAnswered) {
      this.#recovered = false;
      return;
    }
    this.#meter?.reset(1);
    this.#member.reset(to.position, from.position);
  }

  inTurn(read: () => Promise<() => boolean>): Promise<boolean> {
    return this.#member.inTurn?.(read) ?? read().then((deliver) => deliver());
  }
}
