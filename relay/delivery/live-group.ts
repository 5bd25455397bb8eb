import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { type ReadLog, type Sink, Track } from './log-follower.ts';
import { isSamePlace, isSamePosition, type Place } from './position-order.ts';
import type { Member } from './room.ts';

/** Members that have reached the top of the log, stand at the same place and follow one track. */
export class Group implements Sink {
  readonly track: Track;
  readonly #members: Set<Member>;

  constructor(first: Member, read: ReadLog, place: Place) {
    this.#members = new Set([first]);
    this.track = new Track(read, this, place, { isLive: true });
  }

  get isEmpty(): boolean {
    return this.#members.size === 0;
  }

  isAt(top: Position): boolean {
    return isSamePosition(this.track.place.position, top);
  }

  /** Whether from now on both would be given the same. */
  isLevelWith(other: Group): boolean {
    return !this.track.isBehind && !other.track.isBehind && isSamePlace(this.track.place, other.track.place);
  }

  takeIn(other: Group): void {
    for (const member of other.#members) this.#members.add(member);
  }

  leave(member: Member): boolean {
    return this.#members.delete(member);
  }

  deliver(message: ChannelMessage): void {
    for (const member of this.#members) member.deliver(message);
  }

  reset(to: Place): void {
    for (const member of this.#members) member.reset(to.position);
  }
}
