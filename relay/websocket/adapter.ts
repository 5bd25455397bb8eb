import { randomUUID } from 'node:crypto';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { type Position, toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { ClientFrame, RequestId, ServerFrame, StreamFrame, WireErrorCode } from '../../shared/wire.ts';
import type { ClientInfo } from '../access/client-info.ts';
import { revocationCheck } from '../access/revocation-check.ts';
import type { Revocations } from '../access/revocations.ts';
import type { JoinAnswer } from '../delivery/member.ts';
import type { Claims } from '../identity/claims.ts';
import type { Tokens } from '../identity/tokens.ts';
import {
  auditRefusal,
  type ConnectFault,
  type RefusalRecord,
  recordRefusal,
} from '../rate-limits/record-refusal.ts';
import type { Desktop } from '../session/desktop.ts';
import { startAfter } from '../session/join-request.ts';
import { Session } from '../session/session.ts';
import type { SessionDeps } from '../session/session-deps.ts';
import type { Outgoing } from '../session/wait-for-drain.ts';
import type { Streams, StreamsOfDesktop } from '../streams/streaming-desktop.ts';
import { encodeFrame, eventFrame, parseClientFrame } from './frames.ts';
import type { WebSocketLimits } from './limits.ts';

export interface NativeSessionDeps extends SessionDeps, RefusalRecord {
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  tokens: Pick<Tokens, 'verify' | 'verifyRefreshingKeys'>;
  webSocketLimits: WebSocketLimits;
  streams?: Pick<Streams, 'open'> | undefined;
}

/** What the adapter needs of a WebSocket. */
export interface NativeConnection extends Outgoing {
  /** A token was accepted: the first one, or one that renews it. */
  admitted(): void;
  send(data: string | Buffer): void;
  close(reason: CloseReason): void;
}

type Request = Exclude<ClientFrame, { type: 'auth' }>;
type Join = Extract<ClientFrame, { type: 'join' }>;
type Leave = Extract<ClientFrame, { type: 'leave' }>;
type RefusedToken = { fault: ConnectFault; claims?: Claims | undefined };

/** Translates between one connection of the native protocol and its session. */
export class NativeDesktop implements Desktop {
  readonly session: Session;
  readonly streams: StreamsOfDesktop | undefined;
  readonly #connection: NativeConnection;
  readonly #deps: NativeSessionDeps;
  readonly #client: ClientInfo;
  readonly #closeIfRevoked: () => Promise<void>;
  #id: string | undefined;
  #malformedAt = Number.NEGATIVE_INFINITY;

  constructor(connection: NativeConnection, client: ClientInfo, deps: NativeSessionDeps) {
    this.#connection = connection;
    this.#deps = deps;
    this.#client = client;
    this.session = new Session(this, client, deps);
    this.streams = deps.streams?.open(this, client);
    this.session.closeAfter(deps.limits.authTimeoutMs, CLOSE['auth-timeout']);
    const claimsOf = () => this.session.claims;
    this.#closeIfRevoked = revocationCheck(deps.revocations, claimsOf, () => {
      void auditRefusal(deps, client, 'revoked', this.session.claims);
      this.session.close(CLOSE.revoked);
    });
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  get waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  /** Takes a text frame. */
  receive(text: string): void {
    if (this.session.isClosed) return;
    const parsed = parseClientFrame(text);
    if (!parsed.ok) {
      this.#malformed(parsed.id);
    } else if (parsed.frame.type === 'auth') {
      this.#authenticate(parsed.frame.token);
    } else if (this.session.claims === undefined) {
      const { frame } = parsed;
      this.#refuse('id' in frame ? frame.id : undefined, 'unauthenticated', 'expected an auth frame first');
      this.session.close(CLOSE['auth-first']);
    } else {
      this.#answer(parsed.frame);
    }
  }

  send(message: ChannelMessage): void {
    this.#connection.send(eventFrame(message));
  }

  reset(conversation: ShortName, position: Position): void {
    this.#send({ type: 'reset', conversation, cursor: toCursor(position) });
  }

  sendStream(frame: StreamFrame): void {
    this.#send(frame);
  }

  removed(conversation: ShortName, reason: string): void {
    this.#send({ type: 'error', code: 'not-allowed', message: reason, conversation });
  }

  announceClose(withinMs: number): void {
    this.#send({ type: 'draining', within_ms: withinMs });
  }

  close(reason: CloseReason): void {
    this.#connection.close(reason);
  }

  #answer(frame: Request): void {
    try {
      if (frame.type === 'ping') this.#send({ type: 'pong' });
      else if (frame.type === 'join') this.#join(frame);
      else if (frame.type === 'leave') this.#leave(frame);
      else this.streams?.receive(frame);
    } catch (error) {
      this.#failed(frame, error);
    }
  }

  #authenticate(token: string): void {
    if (this.session.allowance?.takeRenewal() === false) {
      this.session.noteRefusal('limit-renewals');
      this.#refuse(undefined, 'unavailable', 'too many renewals of the token: try again later');
      return;
    }
    const verdict = this.#deps.tokens.verify(token);
    if (!verdict.valid) {
      const isKeyUnknown = verdict.fault === 'unknown-key';
      // Where its key is new, the next connection finds it known; where it is gone, another token helps.
      if (isKeyUnknown) void this.#deps.tokens.verifyRefreshingKeys(token);
      const mayComeBack = isKeyUnknown || verdict.fault === 'expired';
      this.#refuseToken(verdict, mayComeBack ? CLOSE.expired : CLOSE.unauthenticated);
    } else if ((this.session.claims ?? verdict.claims).subject !== verdict.claims.subject) {
      // What this connection has joined was joined by somebody else.
      this.#refuseToken({ fault: 'other-subject', claims: verdict.claims }, CLOSE.unauthenticated);
    } else {
      this.#accept(verdict.claims);
    }
  }

  #accept(claims: Claims): void {
    const allowance = this.session.allowance ?? this.#deps.agents.connect(claims);
    if (allowance === undefined) {
      this.session.noteRefusal('limit-connections', { agent: claims });
      this.session.close(CLOSE['too-many-connections']);
      return;
    }
    this.#connection.admitted();
    const { expiryGraceMs } = this.#deps.webSocketLimits;
    this.#id ??= randomUUID();
    this.#send({ type: 'ready', session: this.#id, expires_at: claims.expiresAt });
    this.session.admit(claims, claims.expiresAt * 1000 - Date.now() + expiryGraceMs, allowance);
    // Behind the answer: until then nothing is joined, and each join asks again.
    void this.#closeIfRevoked();
  }

  #refuseToken({ fault, claims }: RefusedToken, reason: CloseReason): void {
    void recordRefusal(this.#deps, this.#client, fault, claims);
    this.#refuse(undefined, 'unauthenticated', 'the token was refused');
    this.session.close(reason);
  }

  #join(frame: Join): void {
    const { id, conversation, after } = frame;
    const name = this.session.nameOf(conversation);
    const start = startAfter(after, 'that of an event');
    const onJoined = ({ position, recovered }: JoinAnswer) =>
      this.#send({ type: 'joined', id, conversation: name, cursor: toCursor(position), recovered });
    this.session.join(name, start, onJoined).catch((err: unknown) => this.#failed(frame, err));
  }

  #leave({ id, conversation }: Leave): void {
    this.streams?.left(conversation);
    const hasLeft = this.session.leave(conversation);
    if (hasLeft) this.#send({ type: 'left', id });
    else this.#refuse(id, 'not-joined', 'the conversation is not joined');
    if (!hasLeft) this.session.noteRefusal('not-joined', { refused: 'leave' });
  }

  #failed(frame: Request, err: unknown): void {
    const { code, message } = this.session.refusal(err, frame);
    this.#refuse('id' in frame ? frame.id : undefined, code, message);
  }

  #malformed(id: RequestId | undefined): void {
    this.session.noteRefusal('bad-frame');
    this.#refuse(id, 'bad-frame', 'expected a JSON object with a known type and the fields of that type');
    const isSecond = Date.now() - this.#malformedAt < this.#deps.webSocketLimits.malformedWindowMs;
    this.#malformedAt = Date.now();
    if (isSecond) this.session.close(CLOSE.malformed);
  }

  #refuse(id: RequestId | undefined, code: WireErrorCode, message: string): void {
    this.#deps.meter?.refused(code);
    this.#send({ type: 'error', ...(id === undefined ? {} : { id }), code, message });
  }

  #send(frame: ServerFrame): void {
    if (!this.session.isClosed && this.session.keepsUp()) this.#connection.send(encodeFrame(frame));
  }
}
