import type { Server, Socket } from 'socket.io';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { START, toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { JoinRefusedError, type Sessions } from '../access/sessions.ts';
import type { Claims } from '../auth/jwt.ts';
import type { Closable } from '../lifecycle.ts';
import { BACKLOG_MAX_BYTES, JOINED_MAX } from '../limits.ts';
import type { ControlChannel } from '../rooms/control-channel.ts';
import { Memberships } from '../rooms/memberships.ts';
import type { Parking } from '../rooms/parking.ts';
import { PlaceKeeper } from '../rooms/place-keeper.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import { findResumePoint } from '../rooms/resume-points.ts';
import type { JoinFrom, Member } from '../rooms/room.ts';
import { EngineConnection } from './engine-connection.ts';
import { type JoinRequest, JoinRequestError, parseJoin } from './join-request.ts';
import { ReplayTurns } from './replay-turns.ts';
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
  sessions: Pick<Sessions, 'admit' | 'join' | 'msLeft'>;
  parking: Parking;
  control: Pick<ControlChannel, 'ask'>;
  /** Where a string join starts: where the desktop was, at the beginning, or with what comes. */
  replayOnJoin: 'missed' | 'all' | 'none';
  logger: Logger;
}

/** What a desktop is told in the error's own words. */
const REFUSALS = [ConversationNameError, JoinRequestError, JoinRefusedError];

const NO_ACK: Ack = () => {};

/** The longest that setTimeout takes; a longer time would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** How long a connection may take to answer a ping, in milliseconds, before it counts as half open. */
const PROBE_TIMEOUT_MS = 1_000;
const PROBE_MARK = 'probe';

/** Close codes of a page that is gone: closed, reloaded, or disconnected by its own code, which sends no code. */
const LEFT_CODES = new Set<number | undefined>([1000, 1001, 1005, undefined]);

/** One connected desktop and the conversations it has joined. */
export class SocketIoDesktop implements Closable {
  readonly #deps: DesktopDeps;
  readonly #claims: Claims;
  readonly #token: string;
  readonly #connection: EngineConnection;
  readonly #memberships: Memberships;
  readonly #replays: ReplayTurns;
  readonly #places: PlaceKeeper;
  readonly #ended = Promise.withResolvers<void>();
  readonly #sessionEnd: NodeJS.Timeout;
  #onProbed = () => {};

  constructor(socket: DesktopSocket, deps: DesktopDeps) {
    this.#deps = deps;
    this.#claims = socket.data.claims;
    this.#token = this.#claims.tokenId;
    this.#connection = new EngineConnection(socket.conn, (mark) => this.#pong(mark));
    this.#memberships = new Memberships(deps.rooms);
    this.#replays = new ReplayTurns(this.#connection);
    this.#places = new PlaceKeeper({
      canPing: () => this.#connection.canPing,
      ping: (mark) => this.#connection.ping(mark),
      parking: deps.parking,
      token: this.#token,
      connection: socket.id,
      logger: deps.logger,
    });
    socket.on('join-conversation', (...parameters) =>
      this.#answer(parameters, (value, ack) => this.#join(value, ack)),
    );
    socket.on('leave-conversation', (...parameters) =>
      this.#answer(parameters, (value, ack) => this.#leave(value, ack)),
    );
    socket.on('disconnect', (reason) => this.#end(reason));
    const lifeMs = Math.min(deps.sessions.msLeft(this.#claims), TIMER_MAX_MS);
    this.#sessionEnd = setTimeout(() => this.close(CLOSE.expired), lifeMs);
  }

  /** Resolves when the connection has ended and its places are written. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Socket.IO has no word for it, and its clients connect again by themselves. */
  announceClose(): void {}

  close(reason: CloseReason): void {
    this.#memberships.leaveAll();
    this.#connection.close(reason);
  }

  /** Whether the desktop answers; one that does not is cut, and its places are parked when this resolves. */
  async probe(): Promise<'alive' | 'gone'> {
    // Long polling shows within its own time-out whether somebody is there.
    if (!this.#connection.canPing) return 'alive';
    const answer = new Promise<'alive'>((resolve) => {
      this.#onProbed = () => resolve('alive');
    });
    this.#connection.ping(PROBE_MARK);
    const timeout = new Promise<'gone'>((resolve) => setTimeout(() => resolve('gone'), PROBE_TIMEOUT_MS));
    const state = await Promise.race([answer, timeout]);
    if (state === 'gone') {
      this.#connection.cut();
      await this.ended;
    }
    return state;
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
    if (REFUSALS.some((kind) => err instanceof kind)) return (err as Error).message;
    this.#warn(err);
    return 'the conversation cannot be read right now: try again';
  }

  /** Ends the tries of a join that will be refused every time. */
  #goOnAfter(err: unknown): void {
    if (err instanceof JoinRefusedError) throw err;
    this.#warn(err);
  }

  #warn(err: unknown): void {
    this.#deps.logger.warn({ err }, 'a desktop was not let into a conversation');
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
    if (request.knowsCursors) this.#places.forget(name);

    let isAnswered = false;
    const member = this.#member(name, request, (...answer) => {
      isAnswered = true;
      ack(true, name, ...answer);
    });
    // Existing desktops join once and ignore the answer: a Redis that is away for a moment must not cost them the call.
    const retries = request.knowsCursors ? undefined : { onFailure: (err: unknown) => this.#goOnAfter(err) };
    await this.#memberships.join(name, member, () => this.#start(name, request), retries);
    if (!isAnswered) ack(false, 'left before the conversation was joined');
  }

  async #leave(argument: unknown, ack: Ack): Promise<void> {
    const name = shortName(argument, this.#deps.project);
    this.#memberships.leave(name);
    this.#places.forget(name);
    ack(true, name);
  }

  async #start(name: ShortName, { knowsCursors, after }: JoinRequest): Promise<JoinFrom> {
    await this.#deps.sessions.join(name, this.#claims);
    if (knowsCursors) return after ?? 'live';
    if (this.#deps.replayOnJoin === 'none') return 'live';
    return this.#deps.replayOnJoin === 'all' ? START : findResumePoint(this.#deps, name, this.#token);
  }

  /** A desktop that knows no cursors is one whose place the relay keeps. */
  #member(name: ShortName, { knowsCursors }: JoinRequest, answer: (...extra: object[]) => void): Member {
    const keepsPlace = !knowsCursors && this.#deps.replayOnJoin === 'missed';
    return {
      joined: ({ position, recovered }) => {
        if (keepsPlace) this.#places.start(name, position);
        answer(...(knowsCursors ? [{ cursor: toCursor(position), recovered }] : []));
      },
      deliver: (message) => {
        const isSent = this.#send(message);
        if (isSent && keepsPlace && message.type === 'event') this.#places.sent(name, message.position);
      },
      reset: () => {
        this.#deps.logger.warn({ conversation: name }, 'a log that is being watched was lost or trimmed');
        // Only the answer to a join can say so: the desktop connects again and joins with its cursor. One that knows
        // no cursors is given what the log still has, some of it again.
        if (knowsCursors) this.close(CLOSE.reset);
      },
      inTurn: (page) => this.#replays.run(page),
    };
  }

  /** False when the desktop is too slow, and is being closed for it. */
  #send(message: ChannelMessage): boolean {
    if (this.#connection.waitingBytes > BACKLOG_MAX_BYTES) {
      this.close(CLOSE.slow);
      return false;
    }
    const { packet, options } = socketIoFrame(message);
    this.#connection.write(packet, options);
    return true;
  }

  #pong(mark: string): void {
    if (mark === PROBE_MARK) this.#onProbed();
    else this.#places.pong(mark);
  }

  #end(reason: string): void {
    clearTimeout(this.#sessionEnd);
    this.#memberships.leaveAll();
    const left =
      reason === 'client namespace disconnect' ||
      (reason === 'transport close' && LEFT_CODES.has(this.#connection.closeCode));
    void this.#places.end({ left }).then(this.#ended.resolve);
  }
}
