import type { Server, Socket } from 'socket.io';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { START, toCursor } from '../../shared/stream/position.ts';
import type { Claims } from '../auth/jwt.ts';
import { JOINED_MAX } from '../limits.ts';
import { Memberships } from '../rooms/memberships.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import type { JoinAnswer, JoinFrom, Member } from '../rooms/room.ts';
import { type JoinRequest, JoinRequestError, parseJoin } from './join-request.ts';
import { socketIoFrame } from './socket-io-frame.ts';

/** Called with `(true, NAME)`, `(true, NAME, {cursor, recovered})` or `(false, REASON)`. */
type Ack = (...answer: unknown[]) => void;

type Listener = (...parameters: unknown[]) => void;

type FromDesktop = { 'join-conversation': Listener; 'leave-conversation': Listener };
/** Events to the desktop are written ready-made and never pass Socket.IO's `emit`. */
type None = Record<never, never>;
type SocketData = { claims: Claims };

export type DesktopServer = Server<FromDesktop, None, None, SocketData>;
export type DesktopSocket = Socket<FromDesktop, None, None, SocketData>;

export interface DesktopDeps {
  project: Project;
  rooms: Pick<RoomRegistry, 'join'>;
  /** Where a join without a cursor starts: `none` with what comes, else with the conversation so far. */
  replayOnJoin: 'missed' | 'all' | 'none';
  logger: Logger;
}

const NO_ACK: Ack = () => {};

/** One connected desktop and the conversations it has joined. */
export class SocketIoDesktop {
  readonly #socket: DesktopSocket;
  readonly #deps: DesktopDeps;
  readonly #memberships: Memberships;

  constructor(socket: DesktopSocket, deps: DesktopDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.#memberships = new Memberships(deps.rooms);
    socket.on('join-conversation', (...parameters) =>
      this.#answer(parameters, (value, ack) => this.#join(value, ack)),
    );
    socket.on('leave-conversation', (...parameters) =>
      this.#answer(parameters, (value, ack) => this.#leave(value, ack)),
    );
    socket.on('disconnect', () => this.#memberships.leaveAll());
  }

  /** Takes one argument and an optional acknowledgement; what is wrong is acknowledged, and the connection goes on. */
  #answer(parameters: unknown[], handle: (argument: unknown, ack: Ack) => Promise<void>): void {
    const last = parameters.at(-1);
    const ack: Ack = typeof last === 'function' ? (...answer) => last(...answer) : NO_ACK;
    const values = typeof last === 'function' ? parameters.slice(0, -1) : parameters;
    if (values.length === 1) {
      handle(values[0], ack).catch((err: unknown) => ack(false, this.#reason(err)));
    } else {
      ack(false, 'expected one argument');
    }
  }

  #reason(err: unknown): string {
    if (err instanceof ConversationNameError || err instanceof JoinRequestError) return err.message;
    this.#deps.logger.warn({ err }, 'a desktop was not let into a conversation');
    return 'the conversation cannot be read right now: try again';
  }

  async #join(argument: unknown, ack: Ack): Promise<void> {
    const request = parseJoin(argument);
    const name = shortName(request.conversation, this.#deps.project);
    if (this.#memberships.has(name) && !request.knowsCursors) {
      await this.#memberships.settled(name);
      return ack(true, name);
    }
    if (this.#memberships.size >= JOINED_MAX && !this.#memberships.has(name)) {
      return ack(false, `a connection may join ${JOINED_MAX} conversations`);
    }
    let isAnswered = false;
    const member = this.#member(name, ({ position, recovered }) => {
      isAnswered = true;
      ack(true, name, ...(request.knowsCursors ? [{ cursor: toCursor(position), recovered }] : []));
    });
    await this.#memberships.join(name, member, this.#start(request));
    if (!isAnswered) ack(false, 'left before the conversation was joined');
  }

  async #leave(argument: unknown, ack: Ack): Promise<void> {
    const name = shortName(argument, this.#deps.project);
    this.#memberships.leave(name);
    ack(true, name);
  }

  #start({ knowsCursors, after }: JoinRequest): JoinFrom {
    if (knowsCursors) return after ?? 'live';
    return this.#deps.replayOnJoin === 'none' ? 'live' : START;
  }

  #member(conversation: ShortName, joined: (answer: JoinAnswer) => void): Member {
    const { conn } = this.#socket;
    return {
      joined,
      deliver: (message) => {
        const { packet, options } = socketIoFrame(message);
        conn.write(packet, options);
      },
      // Nothing in the contract tells a Socket.IO desktop; it is given what the log still has, some of it again.
      reset: () =>
        this.#deps.logger.warn({ conversation }, 'the log of a joined conversation was lost or trimmed'),
    };
  }
}
