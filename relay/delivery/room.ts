import { type Position, START } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { Arrival } from './catching-up-member.ts';
import { Group } from './live-group.ts';
import type { ReadLog } from './log-follower.ts';
import type { Place } from './position-order.ts';

/** One desktop in one conversation. Its methods must not throw; the first three are called synchronously. */
export interface Member {
  /** Called once, before anything is delivered. */
  joined(answer: JoinAnswer): void;
  /** Called for each message, in log order. */
  deliver(message: ChannelMessage): void;
  /** What this member has is not the conversation any more, or not all of it: what follows starts at `position`. */
  reset(position: Position): void;
  /**
   * Runs the read and the delivery of one page of a replay when the member's connection is ready for it; settles as
   * `page` does.
   */
  inTurn?(page: () => Promise<boolean>): Promise<boolean>;
}

export interface JoinAnswer {
  /** Where what follows starts. */
  position: Position;
  /** Whether everything after the place the member asked for is going to follow. */
  recovered: boolean;
}

/** Where a member wants to start: after a position it has, or with whatever comes next. */
export type JoinFrom = Position | 'live';

export interface RoomDeps {
  read: ReadLog;
  /** The room waits for {@link Room.repair}; may be called more often than once until then. */
  onBehind(): void;
  /** Waits before a failed read is repeated. */
  pause(): Promise<void>;
}

/**
 * One conversation in this process. Whoever joins follows the log on a track of its own up to its top. There it
 * forms a group, and groups unite as soon as they stand at the same place: a read of the log may find what the
 * channel brings a moment later, so a newcomer can be ahead of the others for that long.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #arrivals = new Map<Member, Arrival>();
  /** The oldest first; nearly always there is only one. */
  readonly #groups = new Set<Group>();

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#groups.size === 0 && this.#arrivals.size === 0;
  }

  /** Takes a message of the conversation's channel; true when it moved everybody, which shows that they are in step. */
  receive(message: ChannelMessage): boolean {
    for (const { track } of this.#arrivals.values()) track.receive(message);
    let hasFallenBehind = false;
    let hasMovedAll = this.#groups.size > 0;
    for (const { track } of this.#groups) {
      const wasBehind = track.isBehind;
      if (!track.receive(message)) hasMovedAll = false;
      if (track.isBehind && !wasBehind) hasFallenBehind = true;
    }
    this.#unite();
    if (hasFallenBehind) this.#deps.onBehind();
    return hasMovedAll;
  }

  /**
   * Lets a member in and brings it to the top of the log; the channel must be subscribed by now. Resolves when it is
   * live, or has left. To join again it has to leave first.
   *
   * Rejects when the log could not be read before the member was answered. After that, reads are repeated until they
   * succeed: the member has been promised what follows.
   */
  async join(member: Member, from: JoinFrom): Promise<void> {
    const { read } = this.#deps;
    const arrival = new Arrival(member, read, placeAt(from === 'live' ? START : from));
    const { track } = arrival;
    this.#arrivals.set(member, arrival);
    try {
      if (from === 'live') {
        const { top, interims } = await read(0, 0);
        track.startAt({ position: top, interims });
      }
      while (track.isBehind && !track.isStopped) await this.#walk(arrival);
      // From the last look at the track to its end here is one synchronous turn: no message slips between.
      if (!track.isStopped) arrival.answer(track.place);
      if (track.isStopped) return;
      this.#groups.add(new Group(member, read, track.place));
      this.#unite();
    } finally {
      if (this.#arrivals.get(member) === arrival) this.#arrivals.delete(member);
    }
  }

  leave(member: Member): void {
    this.#arrivals.get(member)?.track.stop();
    this.#arrivals.delete(member);
    for (const group of this.#groups) {
      if (group.leave(member) && group.isEmpty) this.#remove(group);
    }
  }

  /**
   * Reads what the channel may have lost: for a gap, after a reconnect, or when the log's top is elsewhere. One at a
   * time; rejects when a read fails, and has to be called again then.
   */
  async repair(): Promise<void> {
    for (const { track } of this.#arrivals.values()) track.distrustChannel();
    for (const group of this.#groups) {
      await group.track.walk();
      this.#unite();
    }
  }

  /** Whether everybody stands at this top of the log; those who are still joining read it anyway. */
  isAt(top: Position): boolean {
    return [...this.#groups].every((group) => group.isAt(top));
  }

  /** A read that fails is the caller's business until the member has been answered. */
  async #walk(arrival: Arrival): Promise<void> {
    try {
      await arrival.track.walk();
    } catch (error) {
      if (!arrival.isAnswered) throw error;
      await this.#deps.pause();
    }
  }

  /** Everybody who stands where the oldest group stands follows that group's track. */
  #unite(): void {
    if (this.#groups.size < 2) return;
    const [oldest, ...others] = this.#groups;
    for (const group of others) {
      if (!oldest?.isLevelWith(group)) continue;
      oldest.takeIn(group);
      this.#remove(group);
    }
  }

  #remove(group: Group): void {
    this.#groups.delete(group);
    group.track.stop();
  }
}

function placeAt(position: Position): Place {
  return { position, interims: 0 };
}
