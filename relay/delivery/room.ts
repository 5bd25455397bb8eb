import type { Position } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { CatchingUpMember } from './catching-up-member.ts';
import { LiveGroup } from './live-group.ts';
import type { ReadLog } from './log-follower.ts';
import type { DeliveryMeter, JoinFrom, Member } from './member.ts';

export interface RoomDeps {
  read: ReadLog;
  /** The room waits for {@link Room.repair}. May be called several times until then. */
  onBehind(): void;
  /** Waits before a failed read is repeated. */
  pause(): Promise<void>;
  meter?: DeliveryMeter | undefined;
}

/**
 * One conversation in this process.
 *
 * A member that joins has a log follower of its own until it reaches the top of the log. There it forms a live group.
 * Groups unite as soon as they have the same stream position. Until then a new group can be ahead of the others. Its
 * read of the log may have found messages that the channel brings a moment later.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #catchingUp = new Map<Member, CatchingUpMember>();
  /** The oldest first. Nearly always there is only one. */
  readonly #groups = new Set<LiveGroup>();

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0 && this.#catchingUp.size === 0;
  }

  /** Takes a message of the conversation's channel. True if it moved every group, which shows that they are in step. */
  receive(message: ChannelMessage): boolean {
    for (const { follower } of this.#catchingUp.values()) follower.receive(message);
    let hasFallenBehind = false;
    let hasMovedAll = this.#groups.size > 0;
    for (const { follower } of this.#groups) {
      const wasBehind = follower.isBehind;
      if (!follower.receive(message)) hasMovedAll = false;
      if (follower.isBehind && !wasBehind) hasFallenBehind = true;
    }
    this.#unite();
    if (hasFallenBehind) this.#deps.onBehind();
    return hasMovedAll;
  }

  /**
   * Lets a member in and brings it to the top of the log. The channel must already be subscribed. Resolves when the
   * member is live or has left. To join again it has to leave first.
   *
   * Rejects if the log cannot be read before the member is answered. After the answer, reads are repeated until they
   * succeed, because the member has been promised what follows.
   */
  async join(member: Member, from: JoinFrom): Promise<void> {
    const { read, meter } = this.#deps;
    const catchingUp = new CatchingUpMember(member, from, read, meter);
    const { follower } = catchingUp;
    this.#catchingUp.set(member, catchingUp);
    try {
      if (from === 'live') {
        const { top, interims } = await read(0, 0);
        follower.startAt({ position: top, interims });
      }
      while (follower.isBehind && !follower.isStopped) await this.#catchUp(catchingUp);
      // From the last check of the follower to the end is one synchronous turn, so that no message is missed.
      if (!follower.isStopped) catchingUp.answer(follower.at);
      if (follower.isStopped) return;
      this.#groups.add(new LiveGroup(member, read, follower.at, meter));
      this.#unite();
    } finally {
      if (this.#catchingUp.get(member) === catchingUp) this.#catchingUp.delete(member);
    }
  }

  leave(member: Member): void {
    this.#catchingUp.get(member)?.follower.stop();
    this.#catchingUp.delete(member);
    for (const group of this.#groups) {
      if (group.leave(member) && group.isEmpty) this.#remove(group);
    }
  }

  /**
   * Reads what the channel may have lost: after a gap, after a reconnect, or if the log's top is elsewhere. One call at
   * a time. Rejects when a read fails, and must then be called again.
   */
  async repair(): Promise<void> {
    for (const { follower } of this.#catchingUp.values()) follower.distrustChannel();
    for (const group of this.#groups) {
      await group.follower.catchUp();
      this.#unite();
    }
  }

  /** Whether every group is at this top of the log. Members that catch up read it anyway. */
  isAt(top: Position): boolean {
    return [...this.#groups].every((group) => group.isAt(top));
  }

  /** A failed read rejects only until the member has been answered. */
  async #catchUp(catchingUp: CatchingUpMember): Promise<void> {
    try {
      await catchingUp.follower.catchUp();
    } catch (error) {
      if (!catchingUp.isAnswered) throw error;
      await this.#deps.pause();
    }
  }

  /** Members with the oldest group's stream position join that group. */
  #unite(): void {
    if (this.#groups.size < 2) return;
    const [oldest, ...others] = this.#groups;
    for (const group of others) {
      if (!oldest?.isLevelWith(group)) continue;
      oldest.takeIn(group);
      this.#remove(group);
    }
  }

  #remove(group: LiveGroup): void {
    this.#groups.delete(group);
    group.follower.stop();
  }
}
