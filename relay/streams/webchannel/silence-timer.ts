import { STREAM_CODE, StreamError } from '../stream-error.ts';

/** Ends a wait for Dialogflow's next bytes. */
export class SilenceTimer {
  readonly #maxMs: number;
  readonly #onSilence: (reason: StreamError) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(maxMs: number, onSilence: (reason: StreamError) => void) {
    this.#maxMs = maxMs;
    this.#onSilence = onSilence;
  }

  start(): void {
    const message = `Dialogflow has sent nothing for ${this.#maxMs / 1000} seconds`;
    const end = () => this.#onSilence(new StreamError(STREAM_CODE.unavailable, message));
    this.#timer = setTimeout(end, this.#maxMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
