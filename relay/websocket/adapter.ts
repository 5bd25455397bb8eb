import { randomUUID } from 'node:crypto';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { fromCursor, toCursor } from '../../shared/stream/position.ts';
import type { ClientFrame, RequestId, ServerFrame, WireErrorCode } from '../../shared/wire.ts';
import { AccessRefusedError } from '../access/access-policy.ts';
import type { Source } from '../access/client-info.ts';
import type { Revocations } from '../access/revocations.ts';
import type { RoomRegistry } from '../delivery/hub.ts';
import type { Member } from '../delivery/room.ts';
import type { Claims } from '../identity/claims.ts';
import type { Tokens } from '../identity/tokens.ts';
import { AUTH_TIMEOUT_MS, EXPIRY_GRACE_MS, JOIN_RATE, JOINED_MAX, MALFORMED_WINDOW_MS } from '../limits.ts';
import type { SocketMeter } from '../metrics/metrics.ts';
import { TokenBucket } from '../rate-limits/token-bucket.ts';
import { Visits, type VisitsDeps } from '../session/access-lease.ts';
import { type Closable, TIMER_MAX_MS } from '../session/lifecycle.ts';
import { type NoteRefusalDeps, noteRefusal } from '../session/record-refusal.ts';
import { refusalCode } from '../session/refusal.ts';
import { ReplayTurns } from '../session/replay-queue.ts';
import type { Revocable } from '../session/revocable.ts';
import { Memberships } from '../session/subscription.ts';
import { encodeFrame, eventFrame, parseClientFrame } from './frames.ts';
import type { NativeConnection } from './native-connection.ts';

export interface NativeDeps extends VisitsDeps, NoteRefusalDeps {
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  project: Project;
  tokens: Tokens;
  rooms: Pick<RoomRegistry, 'join'>;
  meter?: SocketMeter | undefined;
  logger: Logger;
  now?: () => number;
}

type Request = Exclude<ClientFrame, { type: 'auth' }>;
type Join = Extract<ClientFrame, { type: 'join' }>;

/** One connection of the native protocol: its token, its conversations, and the answers to its requests. */
export class NativeSession implements Closable, Revocable {
  readonly #connection: NativeConnection;
  readonly #deps: NativeDeps;
  readonly #source: Source;
  readonly #visits: Visits;
  readonly #memberships: Memberships;
  readonly #replays: ReplayTurns;
  readonly #id = randomUUID();
  readonly #now: () => number;
  #claims: Claims | undefined;
  /** For the first token, then for the end of the present one. */
  #deadline: NodeJS.Timeout;
  readonly #joins = new TokenBucket(JOIN_RATE);
  #malformedAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(connection: NativeConnection, source: Source, deps: NativeDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#source = source;
    this.#visits = new Visits(deps, {
      claims: () => this.#holder(),
      source,
      remove: (name, reason) => {
        this.#memberships.leave(name);
        this.#send({ type: 'error', code: 'not-allowed', message: reason, conversation: name });
      },
    });
    this.#memberships = new Memberships(deps.rooms, this.#visits);
    this.#replays = new ReplayTurns(connection);
    this.#deadline = setTimeout(() => this.close(CLOSE['auth-timeout']), AUTH_TIMEOUT_MS);
  }

  get claims(): Claims | undefined {
    return this.#claims;
  }

  get conversations(): Iterable<ShortName> {
    return this.#memberships.conversations;
  }

  /** At any time: it leaves nothing in Redis. */
  get ended(): Promise<void> {
    return Promise.resolve();
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
    if (frame.type === 'ping') {
      this.#send({ type: 'pong' });
    } else {
      const name = this.#nameOf(frame);
      if (name === undefined) return;
      if (frame.type === 'leave') this.#leave(frame.id, name);
      else this.#join(frame, name).catch((err: unknown) => this.#failed(frame.id, err));
    }
  }

  #authenticate(token: string): void {
    const verdict = this.#deps.tokens.verify(token);
    if (!verdict.valid) {
      const isKeyUnknown = verdict.fault !== 'expired' && verdict.isKeyUnknown === true;
      // Where its key is new, the next connection finds it known; where it is gone, another token helps.
      if (isKeyUnknown) void this.#deps.tokens.verifyAnew(token);
      const mayComeBack = isKeyUnknown || verdict.fault === 'expired';
      this.#refuseToken(verdict.fault, mayComeBack ? CLOSE.expired : CLOSE.unauthenticated);
    } else if (this.#claims !== undefined && this.#claims.subject !== verdict.claims.subject) {
      // What this connection has joined was joined by somebody else.
      this.#refuseToken('other-subject', CLOSE.unauthenticated);
    } else {
      this.#accept(verdict.claims);
    }
  }

  #accept(claims: Claims): void {
    this.#claims = claims;
    this.#connection.admitted();
    clearTimeout(this.#deadline);
    const lifeMs = Math.min(claims.expiresAt * 1000 - this.#now() + EXPIRY_GRACE_MS, TIMER_MAX_MS);
    this.#deadline = setTimeout(() => this.close(CLOSE.expired), lifeMs);
    this.#send({ type: 'ready', session: this.#id, expires_at: claims.expiresAt });
    void this.#visits.renewed();
    void this.#closeIfRevoked(claims);
  }

  /** Redis is asked behind the answer: until then nothing is joined, and each join asks again. */
  async #closeIfRevoked(claims: Claims): Promise<void> {
    const isRevoked = await this.#deps.revocations?.isRevoked(claims).catch(() => false);
    if (isRevoked !== true) return;
    void noteRefusal(this.#deps, this.#source, 'revoked');
    this.close(CLOSE.revoked);
  }

  #refuseToken(fault: string, reason: CloseReason): void {
    void noteRefusal(this.#deps, this.#source, fault);
    this.#refuse(undefined, 'unauthenticated', 'the token was refused');
    this.close(reason);
  }

  async #join({ id, after }: Join, name: ShortName): Promise<void> {
    const from = after === undefined || after === null ? 'live' : fromCursor(after);
    if (from === undefined) {
      this.#refuse(id, 'bad-cursor', 'after is not a cursor: expected that of an event, or "0"');
      return;
    }
    if (this.#memberships.size >= JOINED_MAX && !this.#memberships.has(name)) {
      this.#refuse(id, 'too-many-joins', `a connection may join ${JOINED_MAX} conversations`);
      return;
    }
    if (!this.#joins.take()) {
      this.#refuse(id, 'unavailable', 'too many joins at once: try again later');
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

  #leave(id: RequestId, name: ShortName): void {
    if (this.#memberships.leave(name)) this.#send({ type: 'left', id });
    else this.#refuse(id, 'not-joined', 'the conversation is not joined');
  }

  #nameOf({ type, id, conversation }: Exclude<Request, { type: 'ping' }>): ShortName | undefined {
    try {
      // Whatever a desktop has joined it may leave.
      return type === 'leave'
        ? shortName(conversation, this.#deps.project)
        : this.#visits.nameOf(conversation);
    } catch (error) {
      this.#failed(id, error);
      return undefined;
    }
  }

  #failed(id: RequestId, err: unknown): void {
    if (err instanceof ConversationNameError || err instanceof AccessRefusedError) {
      this.#refuse(id, refusalCode(err), err.message);
    } else {
      this.#deps.logger.warn({ err }, 'a desktop was not let into a conversation');
      this.#refuse(id, 'unavailable', 'the conversation cannot be read right now: try again');
    }
  }

  /** Whose token this connection has shown; asked for only once it has. */
  #holder(): Claims {
    if (this.#claims === undefined) throw new Error('no token has been shown yet');
    return this.#claims;
  }

  #malformed(id: RequestId | undefined): void {
    this.#refuse(id, 'bad-frame', 'expected a JSON object with a known type and the fields of that type');
    const isSecond = this.#now() - this.#malformedAt < MALFORMED_WINDOW_MS;
    this.#malformedAt = this.#now();
    if (isSecond) this.close(CLOSE.malformed);
  }

  #refuse(id: RequestId | undefined, code: WireErrorCode, message: string): void {
    this.#deps.meter?.refused(code);
    this.#send({ type: 'error', ...(id === undefined ? {} : { id }), code, message });
  }

  #send(frame: ServerFrame): void {
    if (!this.#isClosed) this.#connection.send(encodeFrame(frame));
  }
}
