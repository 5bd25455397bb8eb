import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { LogFollower, type ReadLog, type Sink } from './log-follower.ts';
import type { DeliveryMeter, Member } from './member.ts';
import { isSamePosition, isSameStreamPosition, type StreamPosition } from './position-order.ts';

/** Members that have reached the top of the log, have the same stream position and share one follower. */
export class LiveGroup implements Sink {
  readonly follower: LogFollower;
  readonly #members: Set<Member>;
  readonly #meter: DeliveryMeter | undefined;

  constructor(first: Member, read: ReadLog, at: StreamPosition, meter?: DeliveryMeter) {
    this.#members = new Set([first]);
    this.#meter = meter;
    this.follower = new LogFollower(read, this, at, { isLive: true });
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  isAt(top: Position): boolean {
    return isSamePosition(this.follower.at.position, top);
  }

  /** Whether both groups get the same messages from now on. */
  isLevelWith(other: LiveGroup): boolean {
    return (
      !this.follower.isBehind &&
      !other.follower.isBehind &&
      isSameStreamPosition(this.follower.at, other.follower.at)
    );
  }

  takeIn(other: LiveGroup): void {
    for (const member of other.#members) this.#members.add(member);
  }

  leave(member: Member): boolean {
    return this.#members.delete(member);
  }

  deliver(message: ChannelMessage): void {
    this.#meter?.deliveredLive(message, this.#members.size);
    for (const member of this.#members) member.deliver(message);
  }

  reset(to: StreamPosition, from: StreamPosition): void {
    this.#meter?.reset(this.#members.size);
    for (const member of this.#members) member.reset(to.position, from.position);
  }
}
