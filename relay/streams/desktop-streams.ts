import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { type AccessPolicy, AccessRefusedError } from '../access/access-policy.ts';
import type { Audit } from '../access/audit.ts';
import { type ClientInfo, traceName } from '../access/client-info.ts';
import { type Claims, TOKEN_MESSAGES } from '../identity/claims.ts';
import { RateLimitedError } from '../rate-limits/rate-limited-error.ts';
import type { RateLimiter } from '../rate-limits/rate-limiter.ts';
import { DesktopStream } from './desktop-stream.ts';
import type { StreamLimits } from './limits.ts';
import { STREAM_CODE, type StreamCode, StreamError } from './stream-error.ts';
import { messageOf, NO_STREAM_ID, participantOf, STREAM_ID_MAX, streamIdIn } from './stream-request.ts';
import type {
  StreamClientFrame,
  StreamingDesktop,
  StreamMeter,
  StreamsOfDesktop,
} from './streaming-desktop.ts';
import type { OpenChannel } from './webchannel/open-channel.ts';
import { STREAM_METHODS } from './webchannel/requests.ts';

export interface DesktopStreamsDeps {
  openChannel: OpenChannel;
  access: Pick<AccessPolicy, 'nameOf' | 'require'>;
  rateLimiter: Pick<RateLimiter, 'called'>;
  audit: Pick<Audit, 'note'>;
  project: Project;
  isDraining: () => boolean;
  meter: StreamMeter | undefined;
  logger: Pick<Logger, 'warn' | 'error'>;
  limits: StreamLimits;
  /** Milliseconds since 1970. */
  now: () => number;
}

/** What operators read of in the log. */
const OUTAGES: readonly StreamCode[] = [STREAM_CODE.internal, STREAM_CODE.unavailable];

/** The streams of one connection. Another connection can neither write into them nor end them. */
export class DesktopStreams implements StreamsOfDesktop {
  readonly #deps: DesktopStreamsDeps;
  readonly #desktop: StreamingDesktop;
  readonly #client: ClientInfo;
  readonly #streams = new Map<string, DesktopStream>();
  #recheck: NodeJS.Timeout | undefined;

  constructor(desktop: StreamingDesktop, client: ClientInfo, deps: DesktopStreamsDeps) {
    this.#desktop = desktop;
    this.#client = client;
    this.#deps = deps;
  }

  /**
   * Takes the argument of `stream-request`; resolves with the stream's id when Dialogflow has taken the message. What
   * fails is also told with `stream-error`, because existing clients ask for no acknowledgement.
   *
   * @throws {StreamError}
   */
  async request(argument: unknown): Promise<string> {
    const streamId = streamIdIn(argument);
    const { method, payload } = Object(argument) as { method?: unknown; payload?: unknown };
    let stream: DesktopStream;
    try {
      if (streamId === undefined) throw new StreamError(STREAM_CODE.invalidArgument, NO_STREAM_ID);
      stream = this.#streams.get(streamId) ?? this.#open(streamId, method, payload);
    } catch (error) {
      if (error instanceof StreamError) {
        this.#deps.meter?.streamRefused(error.code);
        if (streamId !== undefined) this.#tell(streamId, error);
      }
      throw error;
    }
    await stream.send(payload);
    return streamId;
  }

  /**
   * Takes the argument of `end-stream`.
   *
   * @throws {StreamError}
   */
  end(argument: unknown): string {
    const streamId = streamIdIn(argument);
    if (streamId === undefined) throw new StreamError(STREAM_CODE.invalidArgument, NO_STREAM_ID);
    const stream = this.#streams.get(streamId);
    if (stream === undefined) throw new StreamError(STREAM_CODE.invalidArgument, 'the stream is not open');
    stream.close();
    return streamId;
  }

  receive(frame: StreamClientFrame): void {
    if (frame.type === 'end-stream') {
      // One that has ended meanwhile was told already.
      this.#streams.get(frame.streamId)?.close();
      return;
    }
    this.request(frame).catch((error: unknown) => {
      if (!(error instanceof StreamError))
        this.#deps.logger.warn({ err: error }, 'a request of a stream failed');
      else if (streamIdIn(frame) === undefined) this.#tell(frame.streamId.slice(0, STREAM_ID_MAX), error);
    });
  }

  left(name: unknown): void {
    let conversation: ShortName;
    try {
      conversation = shortName(name, this.#deps.project);
    } catch (error) {
      if (error instanceof ConversationNameError) return;
      throw error;
    }
    for (const stream of this.#streams.values()) if (stream.conversation === conversation) stream.close();
  }

  close(): void {
    for (const stream of this.#streams.values()) stream.close();
  }

  /** @throws {StreamError} */
  #open(streamId: string, method: unknown, payload: unknown): DesktopStream {
    const { openChannel, limits, logger, meter, audit } = this.#deps;
    if (typeof method !== 'string' || !Object.hasOwn(STREAM_METHODS, method)) {
      throw new StreamError(STREAM_CODE.invalidArgument, 'method is not one that can be streamed');
    }
    const { name, conversation, location } = participantOf(messageOf(payload));
    if (this.#streams.size >= limits.streamsMax) {
      const message = `a connection may have ${limits.streamsMax} open streams`;
      throw new StreamError(STREAM_CODE.resourceExhausted, message);
    }
    const short = this.#nameOf(conversation);
    const stream = new DesktopStream({
      streamId,
      method,
      conversation: short,
      location,
      participant: name,
      openChannel,
      desktop: this.#desktop,
      limits,
      logger,
      requireAccess: () => this.#requireMessage(short, method),
      onSent: (outcome) => {
        const { claims: agent } = this.#desktop.session;
        audit.note('write', { outcome, route: method, conversation: short, agent, client: this.#client });
      },
      onEnd: (error) => {
        this.#streams.delete(streamId);
        if (this.#streams.size === 0) clearInterval(this.#recheck);
        meter?.streamEnded(error?.code);
        if (error === undefined) return;
        const { code, message: reason } = error;
        if (OUTAGES.includes(code)) logger.warn({ code, reason, conversation: short }, 'a stream has failed');
        this.#tell(streamId, error);
      },
    });
    if (this.#streams.size === 0) {
      this.#recheck = setInterval(() => void this.#checkAll(), limits.recheckMs).unref();
    }
    this.#streams.set(streamId, stream);
    meter?.streamOpened();
    return stream;
  }

  /** @throws {StreamError} */
  #nameOf(conversation: string): ShortName {
    try {
      return this.#deps.access.nameOf(conversation);
    } catch (error) {
      if (error instanceof ConversationNameError && error.fault === 'not-a-conversation-name') {
        throw new StreamError(STREAM_CODE.invalidArgument, error.message);
      }
      throw this.#refused(error, undefined, undefined);
    }
  }

  /** Checks a message as the proxy checks a POST. */
  async #requireMessage(conversation: ShortName, method: string): Promise<void> {
    const agent = this.#agent();
    try {
      await this.#deps.rateLimiter.called(agent);
      await this.#requireAccess(agent, conversation);
    } catch (error) {
      throw this.#refused(error, conversation, method);
    }
  }

  async #requireAccess(agent: Claims, conversation: ShortName): Promise<void> {
    await this.#deps.access.require(agent, 'write', conversation, { trace: traceName(this.#client) });
  }

  /** @throws {StreamError} where the token has ended, or the relay is going to. */
  #agent(): Claims {
    const { claims } = this.#desktop.session;
    if (claims === undefined || claims.expiresAt * 1000 <= this.#deps.now()) {
      throw new StreamError(STREAM_CODE.unauthenticated, TOKEN_MESSAGES.expired);
    }
    if (this.#deps.isDraining() || this.#desktop.session.isClosed) {
      throw new StreamError(
        STREAM_CODE.unavailable,
        'the connection is going to be closed: open the stream on another',
      );
    }
    return claims;
  }

  /** Ends the streams that the agent may not have any more. */
  async #checkAll(): Promise<void> {
    for (const stream of [...this.#streams.values()]) {
      try {
        await this.#requireAccess(this.#agent(), stream.conversation);
      } catch (error) {
        // An authorizer that does not answer takes nothing away that was given.
        if (error instanceof AccessRefusedError && error.isTemporary) continue;
        stream.close(this.#refused(error, stream.conversation, undefined));
      }
    }
  }

  /** What the desktop is told of a refusal, which is audited. */
  #refused(error: unknown, conversation: ShortName | undefined, route: string | undefined): StreamError {
    if (error instanceof StreamError) return error;
    if (error instanceof RateLimitedError) {
      return new StreamError(STREAM_CODE.resourceExhausted, error.message);
    }
    if (!(error instanceof AccessRefusedError || error instanceof ConversationNameError)) {
      this.#deps.logger.warn({ err: error }, 'a stream could not be checked');
      return new StreamError(STREAM_CODE.internal, 'the stream cannot be checked right now: try again');
    }
    const { claims: agent } = this.#desktop.session;
    const outcome = error.message;
    this.#deps.audit.note('refuse', {
      refused: 'write',
      outcome,
      route,
      conversation,
      agent,
      client: this.#client,
    });
    const isTemporary = error instanceof AccessRefusedError && error.isTemporary;
    return new StreamError(
      isTemporary ? STREAM_CODE.unavailable : STREAM_CODE.permissionDenied,
      error.message,
    );
  }

  #tell(streamId: string, { message, code }: StreamError): void {
    if (!this.#desktop.isOpen) return;
    this.#desktop.sendStream({ type: 'stream-error', streamId, payload: { error: { message, code } } });
  }
}
