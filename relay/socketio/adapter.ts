import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { type ShortName, shortName } from '../../shared/conversation-name.ts';
import { type Position, toCursor } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import type { StreamFrame } from '../../shared/wire.ts';
import { JoinRefusedError, type TokenSessions } from '../access/token-sessions.ts';
import type { Desktop } from '../session/desktop.ts';
import { type JoinStart, parseJoin } from '../session/join-request.ts';
import type { FedResumePoints, Resume } from '../session/resume/resume.ts';
import { Session } from '../session/session.ts';
import type { SessionDeps } from '../session/session-deps.ts';
import type { Streams } from '../streams/streaming-desktop.ts';
import { type Ack, answerOne } from './acknowledgement.ts';
import { EngineConnection } from './engine-connection.ts';
import { socketIoFrame, textFrame } from './frame.ts';
import type { DesktopSocket } from './messages.ts';

export interface SocketIoSessionDeps extends SessionDeps {
  tokenSessions: Pick<TokenSessions, 'admit' | 'join' | 'msLeft'>;
  resume: Pick<Resume, 'arrive' | 'open'>;
  streams?: Pick<Streams, 'attach'> | undefined;
}

/** Translates between one Socket.IO connection and its session. */
export class SocketIoDesktop implements Desktop {
  readonly session: Session;
  readonly #socket: DesktopSocket;
  readonly #deps: SocketIoSessionDeps;
  readonly #connection: EngineConnection;
  readonly #resumePoints: FedResumePoints;

  constructor(socket: DesktopSocket, deps: SocketIoSessionDeps) {
    const { claims, client, arrival, allowance } = socket.data;
    this.#socket = socket;
    this.#deps = deps;
    this.#connection = new EngineConnection(
      socket.conn,
      (mark) => this.#resumePoints.pong(mark),
      () => this.#resumePoints.heartbeat(),
    );
    this.#resumePoints = deps.resume.open(socket.id, arrival, {
      connection: this.#connection,
      sendOffset: (offset) => socket.emit('resume-offset', offset),
    });
    const { tokenSessions } = deps;
    this.session = new Session(this, client, deps, { tokenSessions, resumePoints: this.#resumePoints });
    this.session.admit(claims, tokenSessions.msLeft(claims), allowance);
    const refuse = (err: unknown, ack: Ack, argument: unknown) => this.#refuse(err, ack, argument);
    socket.on('join-conversation', (...parameters) =>
      answerOne(parameters, (argument, ack) => this.#join(argument, ack), refuse),
    );
    socket.on('leave-conversation', (...parameters) =>
      answerOne(parameters, (argument, ack) => this.#leave(argument, ack), refuse),
    );
    socket.on('disconnect', (why) => this.session.end(why === 'ping timeout'));
    socket.conn.on('packet', ({ data }) => this.#resumePoints.packet(data));
    deps.streams?.attach(socket, this);
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  get waitingBytes(): number {
    return this.#connection.waitingBytes;
  }

  send(message: ChannelMessage, offset?: string): void {
    const { packet, options } = socketIoFrame(message, offset);
    this.#connection.write(packet, options);
  }

  /** Past Socket.IO, so that it counts as waiting like any event. */
  sendStream({ type, ...argument }: StreamFrame): void {
    const packet = `2${JSON.stringify([type, argument])}`;
    const frame = textFrame(`4${packet}`);
    this.#connection.write(packet, { compress: false, wsPreEncodedFrame: [frame] });
  }

  reset(conversation: ShortName, _position: Position, joinedFrom: JoinStart): void {
    this.#deps.logger.warn({ conversation }, 'a log that is being watched was lost or trimmed');
    // Only the answer to a join can say so: the desktop connects again and joins with its cursor. One that knows no
    // cursors is given what the log still has, some of it again.
    if (joinedFrom !== 'remembered') this.session.close(CLOSE.reset);
  }

  removed(conversation: ShortName, reason: string): void {
    this.#socket.emit('removed-from-conversation', { conversation_name: conversation, reason });
  }

  /** Socket.IO has no word for it, and its clients connect again by themselves. */
  announceClose(): void {}

  close(reason: CloseReason): void {
    this.#connection.close(reason);
  }

  async #join(argument: unknown, ack: Ack): Promise<void> {
    const { conversation, start } = parseJoin(argument);
    const name = this.session.nameOf(conversation);
    const isRemembered = start === 'remembered';
    let isAnswered = false;
    await this.session.join(name, start, ({ position, recovered }) => {
      isAnswered = true;
      ack(true, name, ...(isRemembered ? [] : [{ cursor: toCursor(position), recovered }]));
    });
    if (!isAnswered) ack(true, name);
  }

  async #leave(argument: unknown, ack: Ack): Promise<void> {
    const name = shortName(argument, this.#deps.project);
    this.session.leave(name);
    // Else the connection may break in between, and the page join through a relay that knows nothing of the leave.
    await this.#resumePoints.leftAll();
    ack(true, name);
  }

  #refuse(err: unknown, ack: Ack, argument: unknown): void {
    const { code, message } = this.session.refusal(err, argument);
    this.#deps.meter?.refused(code);
    ack(false, message);
    // It comes back by itself, and is then told that it is not let in, which is more than desktops hear of a join.
    if (err instanceof JoinRefusedError && !err.mayGoOn) this.session.close(CLOSE.expired);
  }
}
