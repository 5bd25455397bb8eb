import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Membership, RoomRegistry } from '../delivery/hub.ts';
import type { JoinFrom, Member } from '../delivery/room.ts';
import type { Visits } from './access-lease.ts';

/** For a desktop that takes no notice of a refusal: its join is tried until it succeeds or the desktop is gone. */
export interface Retries {
  /** Throws what the join is to be given up for. */
  onFailure(error: unknown): void;
}

const RETRY_PAUSE_MS = 500;

/** The conversations that one connection has joined. */
export class Memberships {
  readonly #rooms: Pick<RoomRegistry, 'join'>;
  readonly #visits: Pick<Visits, 'admit' | 'entered' | 'failed' | 'left' | 'leftAll'>;
  readonly #joined = new Map<ShortName, Membership>();

  /** `visits` decides who is let in, and is told of who comes and goes. */
  constructor(
    rooms: Pick<RoomRegistry, 'join'>,
    visits: Pick<Visits, 'admit' | 'entered' | 'failed' | 'left' | 'leftAll'>,
  ) {
    this.#rooms = rooms;
    this.#visits = visits;
  }

  get size(): number {
    return this.#joined.size;
  }

  /** Also those whose join is not through yet. */
  get conversations(): Iterable<ShortName> {
    return this.#joined.keys();
  }

  has(conversation: ShortName): boolean {
    return this.#joined.has(conversation);
  }

  /** Resolves when a join that was made before is through; rejects as that one does. */
  async settled(conversation: ShortName): Promise<void> {
    await this.#joined.get(conversation)?.ready;
  }

  /**
   * Joins, from the place that `findStart` resolves with, also where the connection has joined already. Resolves when
   * the member is live or has left; rejects when it could not be let in, unless `retries` says to go on trying.
   */
  async join(
    conversation: ShortName,
    member: Member,
    findStart: () => Promise<JoinFrom>,
    retries?: Retries,
  ): Promise<void> {
    this.#joined.get(conversation)?.leave();
    const membership = this.#begin(conversation, member, findStart, retries);
    this.#joined.set(conversation, membership);
    try {
      await membership.ready;
    } catch (error) {
      if (this.#joined.get(conversation) === membership) {
        this.#joined.delete(conversation);
        this.#visits.failed(conversation, error);
      }
      throw error;
    }
  }

  /** False when it had not joined. */
  leave(conversation: ShortName): boolean {
    this.#joined.get(conversation)?.leave();
    this.#visits.left(conversation, 'left');
    return this.#joined.delete(conversation);
  }

  leaveAll(): void {
    for (const membership of this.#joined.values()) membership.leave();
    this.#joined.clear();
    this.#visits.leftAll('disconnected');
  }

  /** A membership that may be left while its start is still being looked for. */
  #begin(
    conversation: ShortName,
    member: Member,
    findStart: () => Promise<JoinFrom>,
    retries: Retries | undefined,
  ): Membership {
    let inRoom: Membership | undefined;
    let hasLeft = false;
    const noted: Member = {
      ...member,
      joined: (answer) => {
        this.#visits.entered(conversation);
        member.joined(answer);
      },
    };
    const enter = async () => {
      await this.#visits.admit(conversation);
      const from = await findStart();
      if (hasLeft) return;
      inRoom = this.#rooms.join(conversation, noted, from);
      await inRoom.ready;
    };
    const enterInTheEnd = async () => {
      while (!hasLeft) {
        try {
          return await enter();
        } catch (error) {
          if (retries === undefined) throw error;
          retries.onFailure(error);
          await sleep(RETRY_PAUSE_MS * (0.5 + Math.random()));
        }
      }
    };
    return {
      ready: enterInTheEnd(),
      leave: () => {
        hasLeft = true;
        inRoom?.leave();
      },
    };
  }
}
