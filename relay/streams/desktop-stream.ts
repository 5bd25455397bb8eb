import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Logger } from '../../shared/log.ts';
import type { StreamLimits } from './limits.ts';
import { internalError, STREAM_CODE, StreamError } from './stream-error.ts';
import type { GiveBack } from './stream-occupancy.ts';
import { messageOf } from './stream-request.ts';
import type { StreamingDesktop } from './streaming-desktop.ts';
import type { Channel } from './webchannel/channel.ts';
import type { OpenChannel } from './webchannel/open-channel.ts';

const LOOK_AGAIN_MS = 20;

export interface DesktopStreamDeps {
  streamId: string;
  method: string;
  conversation: ShortName;
  location: string;
  /** The participant of its first message, and so of all. */
  participant: string;
  openChannel: OpenChannel;
  desktop: StreamingDesktop;
  limits: StreamLimits;
  logger: Pick<Logger, 'error'>;
  /** Takes the memory of a message that waits, or throws a {@link StreamError}. */
  hold: (message: object) => GiveBack;
  /** Counts a message, or rejects with a {@link StreamError}. */
  count: () => Promise<void>;
  /** Lets a message through, or throws a {@link StreamError}. */
  requireAccess: () => Promise<void>;
  /** Called for each message that was let through, when Dialogflow has taken it or has not. */
  onSent: (outcome: 'done' | 'failed') => void;
  /** Called once, with the error that the desktop is told; without one for an end that it has asked for or expects. */
  onEnd: (error: StreamError | undefined) => void;
}

/** One stream of a desktop: its messages go to Dialogflow in their order, and what comes back goes to the desktop. */
export class DesktopStream {
  readonly #deps: DesktopStreamDeps;
  readonly #end = new AbortController();
  /** Opened with the first message. */
  #channel: Channel | undefined;
  /** Of its messages, so that none overtakes another while access is checked. */
  #sends: Promise<void> = Promise.resolve();
  #waiting = 0;
  /** Whether a question has no final answer yet. */
  #isAsked = false;

  constructor(deps: DesktopStreamDeps) {
    this.#deps = deps;
  }

  get conversation(): ShortName {
    return this.#deps.conversation;
  }

  /** Whether it has ended, and the desktop knows why. */
  get hasEnded(): boolean {
    return this.#end.signal.aborted;
  }

  /**
   * Sends a message; resolves when Dialogflow has taken it.
   *
   * @throws {StreamError} which has ended the stream.
   */
  async send(payload: unknown): Promise<void> {
    const { message, giveBack } = this.#take(payload);
    const counted = this.#deps.count();
    // At once, and not behind the messages that wait.
    counted.catch((error: unknown) => this.#fail(error));
    const sent = this.#sends.then(() => this.#send(message, counted));
    this.#sends = sent.catch(() => {});
    this.#waiting++;
    const { sendsWaitingMax } = this.#deps.limits;
    if (this.#waiting > sendsWaitingMax) {
      this.close(new StreamError(STREAM_CODE.resourceExhausted, 'too many messages wait to be sent'));
    }
    await sent.finally(() => {
      this.#waiting--;
      giveBack();
    });
  }

  /** Ends the stream; the desktop is told why where there is a reason. */
  close(error?: StreamError): void {
    if (this.hasEnded) return;
    this.#end.abort();
    this.#deps.onEnd(error);
  }

  /** Also of a stream that has ended the messages count until they have left the queue. */
  #take(payload: unknown): { message: object; giveBack: GiveBack } {
    try {
      const message = messageOf(payload);
      if (message.participant !== undefined && message.participant !== this.#deps.participant) {
        throw new StreamError(STREAM_CODE.invalidArgument, 'participant must be that of the first message');
      }
      return { message, giveBack: this.#deps.hold(message) };
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #send(message: object, counted: Promise<void>): Promise<void> {
    await counted;
    if (this.hasEnded) throw new StreamError(STREAM_CODE.unavailable, 'the stream is closed');
    try {
      await this.#deps.requireAccess();
      await this.#deliver(message);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async #deliver(message: object): Promise<void> {
    try {
      this.#channel ??= await this.#open();
      this.#isAsked = true;
      await this.#channel.send(message);
      this.#deps.onSent('done');
    } catch (error) {
      this.#deps.onSent('failed');
      throw error;
    }
  }

  async #open(): Promise<Channel> {
    const { openChannel, method, location } = this.#deps;
    const channel = await openChannel({ method, location, signal: this.#end.signal });
    void this.#pump(channel);
    return channel;
  }

  /** Reads on only when the desktop has taken what came before: a slow one slows its own streams. */
  async #pump(channel: Channel): Promise<void> {
    const { desktop, streamId, limits } = this.#deps;
    try {
      for await (const message of channel.messages) {
        const frame = { type: 'stream-data' as const, streamId, payload: message };
        if (Buffer.byteLength(JSON.stringify(frame)) > limits.messageOutMaxBytes) {
          throw new StreamError(STREAM_CODE.resourceExhausted, "a message of Dialogflow's is too long", {
            reason: 'dialogflow',
          });
        }
        await this.#untilRead();
        if (this.hasEnded) return;
        if ('isFinal' in message && message.isFinal === true) this.#isAsked = false;
        desktop.sendStream(frame);
      }
      if (this.#isAsked) {
        throw new StreamError(
          STREAM_CODE.unavailable,
          'Dialogflow has ended the stream before its last answer',
        );
      }
      this.close();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Looked at and not listened for: neither ws nor Engine.IO tells when its buffer has become smaller. */
  async #untilRead(): Promise<void> {
    const { desktop, limits } = this.#deps;
    while (desktop.isOpen && !this.hasEnded && desktop.waitingBytes > limits.waitingMaxBytes) {
      await sleep(LOOK_AGAIN_MS);
    }
  }

  #fail(error: unknown): StreamError {
    const failure = error instanceof StreamError ? error : internalError(error);
    if (failure.cause !== undefined && !this.hasEnded) {
      this.#deps.logger.error({ err: failure.cause }, 'a stream met an error of the relay');
    }
    this.close(failure);
    return failure;
  }
}
