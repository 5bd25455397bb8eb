import { type Project, type ShortName, shortName } from '../../shared/conversation-name.ts';
import { ConversationNameError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/log.ts';
import { INCUBATING, STABLE } from '../../shared/tracing/attributes.ts';
import type { Tracer } from '../../shared/tracing/tracer.ts';
import type { ClientInfo } from '../access/client-info.ts';
import type { RefusalDetails, RefusalLog } from '../refusals/refusals.ts';
import { DesktopStream } from './desktop-stream.ts';
import type { StreamLimits } from './limits.ts';
import { StreamAccess, type StreamAccessDeps } from './stream-access.ts';
import { closingSoon, STREAM_CODE, type StreamCode, StreamError } from './stream-error.ts';
import type { StreamOccupancy } from './stream-occupancy.ts';
import { messageOf, NO_STREAM_ID, participantOf, STREAM_ID_MAX, streamIdIn } from './stream-request.ts';
import type {
  StreamClientFrame,
  StreamingDesktop,
  StreamMeter,
  StreamsOfDesktop,
} from './streaming-desktop.ts';
import type { OpenChannel } from './webchannel/open-channel.ts';
import { STREAM_METHODS } from './webchannel/requests.ts';

export interface DesktopStreamsDeps extends StreamAccessDeps {
  openChannel: OpenChannel;
  occupancy: StreamOccupancy;
  project: Project;
  meter: StreamMeter | undefined;
  tracer?: Tracer | undefined;
  refusals: RefusalLog;
  logger: Pick<Logger, 'warn' | 'error'>;
  limits: StreamLimits;
}

/** What operators read of in the log. */
const OUTAGES: readonly StreamCode[] = [STREAM_CODE.internal, STREAM_CODE.unavailable];

/** The streams of one connection. Another connection can neither write into them nor end them. */
export class DesktopStreams implements StreamsOfDesktop {
  readonly #deps: DesktopStreamsDeps;
  readonly #desktop: StreamingDesktop;
  readonly #client: ClientInfo;
  readonly #access: StreamAccess;
  readonly #streams = new Map<string, DesktopStream>();
  #recheck: NodeJS.Timeout | undefined;

  constructor(desktop: StreamingDesktop, client: ClientInfo, deps: DesktopStreamsDeps) {
    this.#desktop = desktop;
    this.#client = client;
    this.#deps = deps;
    this.#access = new StreamAccess(desktop.session, client, deps);
  }

  /**
   * Takes the argument of `stream-request`; resolves with the stream's id when Dialogflow has taken the message. What
   * fails is also told with `stream-error`, because existing clients ask for no acknowledgement.
   *
   * @throws {StreamError}
   */
  request(argument: unknown): Promise<string> {
    const streamId = streamIdIn(argument);
    const { method, payload } = Object(argument) as { method?: unknown; payload?: unknown };
    let stream: DesktopStream;
    try {
      if (streamId === undefined) throw new StreamError(STREAM_CODE.invalidArgument, NO_STREAM_ID);
      stream = this.#streams.get(streamId) ?? this.#open(streamId, method, payload);
    } catch (error) {
      return this.#refuse(streamId, error);
    }
    return stream.send(payload).then(() => streamId);
  }

  /** Not given the payload, which would stay in memory uncounted while the request is counted. */
  async #refuse(streamId: string | undefined, error: unknown): Promise<never> {
    const refusal = await this.#access.refused(error);
    this.#deps.meter?.streamRefused(refusal.code);
    this.#note(refusal);
    if (streamId !== undefined) this.#tell(streamId, refusal);
    throw refusal;
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
    const { streamId } = frame;
    this.request(frame).catch((error: unknown) => {
      if (!(error instanceof StreamError))
        this.#deps.logger.warn({ err: error }, 'a request of a stream failed');
      else if (streamIdIn({ streamId }) === undefined) this.#tell(streamId.slice(0, STREAM_ID_MAX), error);
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

  /** The relay closes the connection, because the agent may not see these conversations any more; undefined for all. */
  revoked(conversations: readonly ShortName[] | undefined): void {
    for (const stream of this.#streams.values()) {
      const isRevoked = conversations?.includes(stream.conversation) ?? true;
      stream.close(
        isRevoked ? new StreamError(STREAM_CODE.permissionDenied, 'access was revoked') : closingSoon(),
      );
    }
  }

  /** Throws what `StreamAccess.refused` takes. */
  #open(streamId: string, method: unknown, payload: unknown): DesktopStream {
    const { openChannel, occupancy, limits, logger, meter, tracer, audit } = this.#deps;
    if (typeof method !== 'string' || !Object.hasOwn(STREAM_METHODS, method)) {
      throw new StreamError(STREAM_CODE.invalidArgument, 'method is not one that can be streamed');
    }
    const { name, conversation, location } = participantOf(messageOf(payload));
    if (this.#streams.size >= limits.streamsMax) {
      const message = `a connection may have ${limits.streamsMax} open streams`;
      throw new StreamError(STREAM_CODE.resourceExhausted, message);
    }
    const short = this.#access.nameOf(conversation);
    const giveBack = occupancy.takeStream(this.#access.holder());
    const span = tracer?.start('stream', {
      kind: 'client',
      attributes: { [STABLE.rpcMethod]: method, [INCUBATING.messagingConversationId]: short },
    });
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
      hold: (message) => occupancy.takeMessage(this.#access.holder(), message),
      count: () => this.#access.count(),
      requireAccess: () => this.#access.requireMessage({ conversation: short, method }),
      onSent: (outcome) => {
        const { claims: agent } = this.#desktop.session;
        audit.note('write', { outcome, route: method, conversation: short, agent, client: this.#client });
      },
      onEnd: (error) => {
        giveBack();
        this.#streams.delete(streamId);
        if (this.#streams.size === 0) this.#unwatch();
        meter?.streamEnded(error?.code);
        span?.end(error && String(error.code));
        if (error === undefined) return;
        this.#note(error, { conversation: short, route: method });
        const { code, message: reason } = error;
        if (OUTAGES.includes(code)) logger.warn({ code, reason, conversation: short }, 'a stream has failed');
        this.#tell(streamId, error);
      },
    });
    if (this.#streams.size === 0) this.#watch();
    this.#streams.set(streamId, stream);
    meter?.streamOpened();
    return stream;
  }

  /** While there are streams. */
  #watch(): void {
    const { draining, limits } = this.#deps;
    this.#recheck = setInterval(() => void this.#checkAll(), limits.recheckMs).unref();
    draining.addEventListener('abort', this.#drain, { once: true });
  }

  #unwatch(): void {
    clearInterval(this.#recheck);
    this.#deps.draining.removeEventListener('abort', this.#drain);
  }

  /** At once: the relay may close the connection before the next check. */
  readonly #drain = (): void => {
    for (const stream of this.#streams.values()) stream.close(closingSoon());
  };

  /** Ends the streams that the agent may not have any more. */
  async #checkAll(): Promise<void> {
    for (const stream of [...this.#streams.values()]) {
      const reason = await this.#access.lost(stream.conversation);
      if (reason !== undefined) stream.close(reason);
    }
  }

  #note({ reason, message: outcome }: StreamError, about: RefusalDetails = {}): void {
    if (reason === undefined) return;
    const { claims: agent } = this.#desktop.session;
    this.#deps.refusals.note(reason, { refused: 'stream', outcome, agent, client: this.#client, ...about });
  }

  #tell(streamId: string, { message, code }: StreamError): void {
    if (!this.#desktop.isOpen) return;
    this.#desktop.sendStream({ type: 'stream-error', streamId, payload: { error: { message, code } } });
  }
}
