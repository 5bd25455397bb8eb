import { type Position, START } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { Arrival } from './arrival.ts';
import { advance, judge, type Place } from './merge.ts';
import { type ReadLog, type Sink, Track } from './track.ts';

/** One desktop in one conversation. Its methods are called synchronously and must not throw. */
export interface Member {
  /** Called once, before anything is delivered. */
  joined(answer: JoinAnswer): void;
  /** Called for each message, in log order. */
  deliver(message: ChannelMessage): void;
  /** What this member has is not the conversation any more, or not all of it: what follows starts at `position`. */
  reset(position: Position): void;
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

interface Seat {
  readonly member: Member;
  place: Place;
}

/**
 * One conversation in this process. Those who are up to date share one {@link Track}, the crowd's; whoever joins
 * follows the log on a track of its own until it is level with them. A seat is never behind the crowd; it may be
 * ahead, when its own read of the log was the later one.
 */
export class Room {
  readonly #deps: RoomDeps;
  readonly #seats = new Map<Member, Seat>();
  readonly #joining = new Map<Member, Track>();
  /** There from the first member that caught up. */
  #crowd: Track | undefined;

  constructor(deps: RoomDeps) {
    this.#deps = deps;
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0 && this.#joining.size === 0;
  }

  /** Takes a message of the conversation's channel. */
  receive(message: ChannelMessage): void {
    for (const track of this.#joining.values()) track.receive(message);
    const wasBehind = this.#crowd?.isBehind;
    this.#crowd?.receive(message);
    if (this.#crowd?.isBehind && !wasBehind) this.#deps.onBehind();
  }

  /**
   * Lets a member in and brings it to the top of the log; the channel must be subscribed by now. Resolves when it is
   * live, or has left.
   *
   * Rejects when the log could not be read before the member was answered. After that, reads are repeated until they
   * succeed: the member has been promised what follows.
   */
  async join(member: Member, from: JoinFrom): Promise<void> {
    const arrival = new Arrival(member);
    const track = new Track(this.#deps.read, arrival, placeAt(from === 'live' ? START : from));
    this.#joining.set(member, track);
    try {
      if (from === 'live') {
        const { top, interims } = await this.#deps.read(0, 0);
        track.startAt({ position: top, interims });
      }
      await this.#walkUntilLevel(track, arrival);
      if (track.isStopped) return;
      arrival.answer(track.place);
      if (track.isStopped) return;
      this.#seats.set(member, { member, place: track.place });
      this.#crowd ??= new Track(this.#deps.read, this.#crowdSink(), track.place, { isLive: true });
    } finally {
      this.#joining.delete(member);
    }
  }

  leave(member: Member): void {
    this.#joining.get(member)?.stop();
    this.#seats.delete(member);
  }

  /** Reads what the channel may have lost: for a gap, after a reconnect, or when the log's top is elsewhere. */
  async repair(): Promise<void> {
    for (const track of this.#joining.values()) track.distrustChannel();
    await this.#crowd?.walk();
  }

  /** Whether the room stands at this top of the log, or nobody in it cares yet. */
  isAt(top: Position): boolean {
    const position = this.#crowd?.place.position;
    return position === undefined || (position.epoch === top.epoch && position.tag === top.tag);
  }

  async #walkUntilLevel(track: Track, arrival: Arrival): Promise<void> {
    while (!track.isStopped) {
      try {
        await track.walk();
        if (this.#isLevel(track.place)) return;
        // Either the crowd has read what the channel has not brought yet, or it still follows a lost history.
        this.#deps.onBehind();
      } catch (error) {
        if (!arrival.isAnswered) throw error;
      }
      await this.#deps.pause();
    }
  }

  /** Whether the crowd has seen nothing that is missing at this place. */
  #isLevel({ position, interims }: Place): boolean {
    const crowd = this.#crowd?.place;
    if (crowd === undefined) return true;
    if (crowd.position.epoch !== position.epoch) return false;
    if (crowd.position.offset === position.offset && crowd.position.tag !== position.tag) return false;
    return crowd.position.offset <= position.offset && crowd.interims <= interims;
  }

  #crowdSink(): Sink {
    return {
      deliver: (message, from, to) => {
        for (const seat of this.#seats.values()) {
          // Nearly always the same object: one comparison a viewer.
          if (seat.place === from) {
            seat.place = to;
            seat.member.deliver(message);
          } else if (judge(seat.place, message) === 'next') {
            seat.place = advance(seat.place, message);
            seat.member.deliver(message);
          }
          if (isSame(seat.place, to)) seat.place = to;
        }
      },
      reset: (from, to) => {
        for (const seat of this.#seats.values()) {
          if (isPast(seat.place, from, to)) continue;
          seat.place = to;
          seat.member.reset(to.position);
        }
      },
    };
  }
}

function placeAt(position: Position): Place {
  return { position, interims: 0 };
}

function isSame(a: Place, b: Place): boolean {
  return (
    a.interims === b.interims && a.position.epoch === b.position.epoch && a.position.tag === b.position.tag
  );
}

/** Whether a seat that is ahead of the crowd has already gone past what makes the crowd start again at `to`. */
function isPast(seat: Place, from: Place, to: Place): boolean {
  if (seat.position.epoch !== to.position.epoch) return false;
  const isNewLife = from.position.epoch !== to.position.epoch;
  return isNewLife || (to.position.offset > 0 && seat.position.offset >= to.position.offset);
}
