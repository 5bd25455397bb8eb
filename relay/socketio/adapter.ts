import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { START, toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import { JoinRefusedError, type Sessions } from '../access/token-sessions.ts';
import type { RoomRegistry } from '../delivery/hub.ts';
import type { JoinFrom, Member } from '../delivery/room.ts';
import type { Claims } from '../identity/claims.ts';
import { BACKLOG_MAX_BYTES, JOIN_RATE, JOINED_MAX } from '../limits.ts';
import type { SocketMeter } from '../metrics/metrics.ts';
import { TokenBucket } from '../rate-limits/token-bucket.ts';
import { Visits, type VisitsDeps } from '../session/access-lease.ts';
import { type JoinRequest, JoinRequestError, parseJoin } from '../session/join-request.ts';
import { type Closable, TIMER_MAX_MS } from '../session/lifecycle.ts';
import { refusalCode } from '../session/refusal.ts';
import { ReplayTurns } from '../session/replay-queue.ts';
import type { ConnectionState, ControlChannel } from '../session/resume/control-channel.ts';
import type { Parking } from '../session/resume/parking.ts';
import { PlaceKeeper } from '../session/resume/place-keeper.ts';
import { Probe } from '../session/resume/probe.ts';
import { findResumePoint } from '../session/resume/resume-points.ts';
import type { Revocable } from '../session/revocable.ts';
import { Memberships } from '../session/subscription.ts';
import { type Ack, answerOne } from './acknowledgement.ts';
import { EngineConnection } from './engine-connection.ts';
import { socketIoFrame } from './frame.ts';
import type { DesktopSocket } from './messages.ts';

export interface DesktopDeps extends VisitsDeps {
  project: Project;
  rooms: Pick<RoomRegistry, 'join'>;
  meter?: SocketMeter | undefined;
  sessions: Pick<Sessions, 'admit' | 'join' | 'msLeft'>;
  parking: Parking;
  control: Pick<ControlChannel, 'ask'>;
  /** Where a string join starts: where the desktop was, at the beginning, or with what comes. */
  replayOnJoin: 'missed' | 'all' | 'none';
  logger: Logger;
}

/** What a desktop is told in the error's own words. */
const REFUSALS = [ConversationNameError, JoinRequestError, JoinRefusedError, AccessRefusedError];

/** Close codes of a page that is gone: closed, reloaded, or disconnected by its own code, which sends no code. */
const LEFT_CODES = new Set<number | undefined>([1000, 1001, 1005, undefined]);

/** One connected desktop and the conversations it has joined. */
export class SocketIoDesktop implements Closable, Revocable {
  readonly #deps: DesktopDeps;
  readonly #claims: Claims;
  readonly #connection: EngineConnection;
  readonly #visits: Visits;
  readonly #memberships: Memberships;
  readonly #replays: ReplayTurns;
  readonly #places: PlaceKeeper;
  readonly #ended = Promise.withResolvers<void>();
  readonly #sessionEnd: NodeJS.Timeout;
  readonly #probe: Probe;
  #isClosing = false;
  readonly #joins = new TokenBucket(JOIN_RATE);

  constructor(socket: DesktopSocket, deps: DesktopDeps) {
    this.#deps = deps;
    this.#claims = socket.data.claims;
    this.#connection = new EngineConnection(
      socket.conn,
      (mark) => {
        if (!this.#probe.answered(mark)) this.#places.pong(mark);
      },
      () => this.#places.heartbeat(),
    );
    this.#probe = new Probe(this.#connection);
    this.#visits = new Visits(deps, {
      claims: () => this.#claims,
      source: socket.data.source,
      remove: (name, reason) => {
        this.#memberships.leave(name);
        this.#places.forget(name);
        socket.emit('removed-from-conversation', { conversation_name: name, reason });
      },
    });
    this.#memberships = new Memberships(deps.rooms, this.#visits);
    this.#replays = new ReplayTurns(this.#connection);
    this.#places = new PlaceKeeper({
      canPing: () => this.#connection.canPing,
      ping: (mark) => this.#connection.ping(mark),
      parking: deps.parking,
      token: this.#claims.tokenId,
      connection: socket.id,
      logger: deps.logger,
    });
    const refuse = (err: unknown, ack: Ack) => this.#refuse(err, ack);
    socket.on('join-conversation', (...parameters) =>
      answerOne(parameters, (value, ack) => this.#join(value, ack), refuse),
    );
    socket.on('leave-conversation', (...parameters) =>
      answerOne(parameters, (value, ack) => this.#leave(value, ack), refuse),
    );
    socket.on('disconnect', (reason) => this.#end(reason));
    const lifeMs = Math.min(deps.sessions.msLeft(this.#claims), TIMER_MAX_MS);
    this.#sessionEnd = setTimeout(() => this.close(CLOSE.expired), lifeMs);
  }

  get claims(): Claims {
    return this.#claims;
  }

  get conversations(): Iterable<ShortName> {
    return this.#memberships.conversations;
  }

  /** Resolves when the connection has ended and its places are written. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Socket.IO has no word for it, and its clients connect again by themselves. */
  announceClose(): void {}

  close(reason: CloseReason): void {
    if (!this.#isClosing) this.#deps.meter?.closing(reason);
    this.#isClosing = true;
    this.#memberships.leaveAll();
    this.#connection.close(reason);
  }

  /** Whether the desktop answers; one that does not is cut, and its places are parked when this resolves. */
  async probe(): Promise<ConnectionState> {
    const state = await this.#probe.run();
    if (state === 'gone') {
      this.#connection.cut();
      await this.ended;
    }
    return state;
  }

  #refuse(err: unknown, ack: Ack): void {
    this.#deps.meter?.refused(refusalCode(err));
    if (REFUSALS.some((kind) => err instanceof kind)) {
      ack(false, (err as Error).message);
      // It comes back by itself, and is then told that it is not let in, which is more than desktops hear of a join.
      if (err instanceof JoinRefusedError && !err.mayGoOn) this.close(CLOSE.expired);
    } else {
      this.#warn(err);
      ack(false, 'the conversation cannot be read right now: try again');
    }
  }

  /** Ends the tries of a join that will be refused every time. */
  #goOnAfter(err: unknown): void {
    if (err instanceof JoinRefusedError || err instanceof AccessRefusedError) throw err;
    this.#warn(err);
  }

  #warn(err: unknown): void {
    this.#deps.logger.warn({ err }, 'a desktop was not let into a conversation');
  }

  async #join(argument: unknown, ack: Ack): Promise<void> {
    const request = parseJoin(argument);
    const name = this.#visits.nameOf(request.conversation);
    if (this.#memberships.has(name) && !request.knowsCursors) {
      await this.#memberships.settled(name);
      return ack(true, name);
    }
    if (this.#memberships.size >= JOINED_MAX && !this.#memberships.has(name)) {
      throw new JoinRequestError(`a connection may join ${JOINED_MAX} conversations`, 'too-many-joins');
    }
    if (!this.#joins.take())
      throw new JoinRequestError('too many joins at once: try again later', 'unavailable');
    if (request.knowsCursors) this.#places.forget(name);

    let isAnswered = false;
    const member = this.#member(name, request, (...answer) => {
      isAnswered = true;
      ack(true, name, ...answer);
    });
    // Existing desktops join once and ignore the answer: a Redis that is away for a moment must not cost them the call.
    const retries = request.knowsCursors ? undefined : { onFailure: (err: unknown) => this.#goOnAfter(err) };
    await this.#memberships.join(name, member, () => this.#start(name, request), retries);
    if (!isAnswered) throw new JoinRequestError('left before the conversation was joined', 'not-joined');
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
    return this.#deps.replayOnJoin === 'all'
      ? START
      : findResumePoint(this.#deps, name, this.#claims.tokenId);
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

  #end(reason: string): void {
    clearTimeout(this.#sessionEnd);
    this.#memberships.leaveAll();
    const left =
      reason === 'client namespace disconnect' ||
      (reason === 'transport close' && LEFT_CODES.has(this.#connection.closeCode));
    void this.#places.end({ left }).then(this.#ended.resolve);
  }
}
