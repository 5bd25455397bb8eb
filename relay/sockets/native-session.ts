import { randomUUID } from 'node:crypto';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { fromCursor, toCursor } from '../../shared/stream/position.ts';
import type { ClientFrame, RequestId, ServerFrame, WireErrorCode } from '../../shared/wire.ts';
import type { Claims, Tokens } from '../auth/jwt.ts';
import type { Closable } from '../lifecycle.ts';
import { AUTH_TIMEOUT_MS, EXPIRY_GRACE_MS, JOINED_MAX, MALFORMED_WINDOW_MS } from '../limits.ts';
import { Memberships } from '../rooms/memberships.ts';
import type { RoomRegistry } from '../rooms/registry.ts';
import type { Member } from '../rooms/room.ts';
import { encodeFrame, eventFrame, parseClientFrame } from './native-frames.ts';
import { ReplayTurns } from './replay-turns.ts';
import type { Outgoing } from './until-drained.ts';

/** The connection of a session: what it needs of a WebSocket. */
export interface NativeConnection extends Outgoing {
  send(data: string | Buffer): void;
  close(reason: CloseReason): void;
}

export interface NativeDeps {
  project: Project;
  tokens: Tokens;
  rooms: Pick<RoomRegistry, 'join'>;
  logger: Logger;
  now?: () => number;
}

/** The longest that setTimeout takes; a longer time would be over at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

type Request = Exclude<ClientFrame, { type: 'auth' }>;
type Join = Extract<ClientFrame, { type: 'join' }>;

/** One connection of the native protocol: its token, its conversations, and the answers to its requests. */
export class NativeSession implements Closable {
  readonly #connection: NativeConnection;
  readonly #deps: NativeDeps;
  readonly #memberships: Memberships;
  readonly #replays: ReplayTurns;
  readonly #id = randomUUID();
  readonly #now: () => number;
  #claims: Claims | undefined;
  /** For the first token, then for the end of the present one. */
  #deadline: NodeJS.Timeout;
  #malformedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(connection: NativeConnection, deps: NativeDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#memberships = new Memberships(deps.rooms);
    this.#replays = new ReplayTurns(connection);
    this.#deadline = setTimeout(() => this.close(CLOSE['auth-timeout']), AUTH_TIMEOUT_MS);
  }

  /** Takes a text frame. */
  receive(text: string): void {
    if (this.#isClosed) return;
    const parsed = parseClientFrame(text);
    if (!parsed.ok) {
      this.#malformed(parsed.id);
    } else if (parsed.frame.type === 'auth') {
      this.#authenticate(parsed.frame.token);
    } else if (this.#claims === undefined) {
      const { frame } = parsed;
      this.#refuse('id' in frame ? frame.id : undefined, 'unauthenticated', 'expected an auth frame first');
      this.close(CLOSE['auth-first']);
    } else {
      this.#answer(parsed.frame);
    }
  }

  /** The connection has ended. */
  closed(): void {
    this.#isClosed = true;
    clearTimeout(this.#deadline);
    this.#memberships.leaveAll();
  }

  announceClose(withinMs: number): void {
    this.#send({ type: 'draining', within_ms: withinMs });
  }

  /** Also of a connection that is being closed for another reason, which may take longer than this one allows. */
  close(reason: CloseReason): void {
    this.closed();
    this.#connection.close(reason);
  }

  #answer(frame: Request): void {
    if (frame.type === 'ping') this.#send({ type: 'pong' });
    else if (frame.type === 'leave') this.#leave(frame.id, frame.conversation);
    else this.#join(frame).catch((err: unknown) => this.#unavailable(frame.id, err));
  }

  #authenticate(token: string): void {
    const verdict = this.#deps.tokens.verify(token);
    if (!verdict.valid) {
      this.#refuseToken(verdict.fault, verdict.fault === 'expired' ? CLOSE.expired : CLOSE.unauthenticated);
    } else if (this.#claims !== undefined && this.#claims.subject !== verdict.claims.subject) {
      // What this connection has joined was joined by somebody else.
      this.#refuseToken('other-subject', CLOSE.unauthenticated);
    } else {
      this.#accept(verdict.claims);
    }
  }

  #accept(claims: Claims): void {
    this.#claims = claims;
    clearTimeout(this.#deadline);
    const lifeMs = Math.min(claims.expiresAt * 1000 - this.#now() + EXPIRY_GRACE_MS, TIMER_MAX_MS);
    this.#deadline = setTimeout(() => this.close(CLOSE.expired), lifeMs);
    this.#send({ type: 'ready', session: this.#id, expires_at: claims.expiresAt });
  }

  #refuseToken(fault: string, reason: CloseReason): void {
    this.#deps.logger.info({ fault }, 'socket refused');
    this.#refuse(undefined, 'unauthenticated', 'the token was refused');
    this.close(reason);
  }

  async #join({ id, conversation, after }: Join): Promise<void> {
    const name = this.#nameOf(id, conversation);
    const from = after === undefined || after === null ? 'live' : fromCursor(after);
    if (name === undefined) return;
    if (from === undefined) {
      this.#refuse(id, 'bad-cursor', 'after is not a cursor: expected that of an event, or "0"');
      return;
    }
    if (this.#memberships.size >= JOINED_MAX && !this.#memberships.has(name)) {
      this.#refuse(id, 'too-many-joins', `a connection may join ${JOINED_MAX} conversations`);
      return;
    }
    let isAnswered = false;
    const member: Member = {
      joined: ({ position, recovered }) => {
        isAnswered = true;
        this.#send({ type: 'joined', id, conversation: name, cursor: toCursor(position), recovered });
      },
      deliver: (message) => this.#connection.send(eventFrame(message)),
      reset: (position) => this.#send({ type: 'reset', conversation: name, cursor: toCursor(position) }),
      inTurn: (page) => this.#replays.run(page),
    };
    await this.#memberships.join(name, member, async () => from);
    if (!isAnswered) this.#refuse(id, 'not-joined', 'left before the conversation was joined');
  }

  #leave(id: RequestId, conversation: string): void {
    const name = this.#nameOf(id, conversation);
    if (name === undefined) return;
    if (this.#memberships.leave(name)) this.#send({ type: 'left', id });
    else this.#refuse(id, 'not-joined', 'the conversation is not joined');
  }

  #nameOf(id: RequestId, conversation: string): ShortName | undefined {
    try {
      return shortName(conversation, this.#deps.project);
    } catch (error) {
      if (!(error instanceof ConversationNameError)) throw error;
      this.#refuse(id, 'bad-conversation', error.message);
      return undefined;
    }
  }

  #unavailable(id: RequestId, err: unknown): void {
    this.#deps.logger.warn({ err }, 'a desktop was not let into a conversation');
    this.#refuse(id, 'unavailable', 'the conversation cannot be read right now: try again');
  }

  #malformed(id: RequestId | undefined): void {
    this.#refuse(id, 'bad-frame', 'expected a JSON object with a known type and the fields of that type');
    const isSecond = this.#now() - this.#malformedAt < MALFORMED_WINDOW_MS;
    this.#malformedAt = this.#now();
    if (isSecond) this.close(CLOSE.malformed);
  }

  #refuse(id: RequestId | undefined, code: WireErrorCode, message: string): void {
    this.#send({ type: 'error', ...(id === undefined ? {} : { id }), code, message });
  }

  #send(frame: ServerFrame): void {
    if (!this.#isClosed) this.#connection.send(encodeFrame(frame));
  }
}
