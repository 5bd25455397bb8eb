import { type ReadonlySignal, signal } from '@preact/signals';
import type { SuggestionInput } from '../api/types.ts';
import type { CompanionMessage, CompanionStream } from './messages.ts';
import {
  activeTurn,
  afterChange,
  type CompanionChange,
  type CompanionState,
  NO_TURNS,
  type TurnInput,
} from './turns.ts';

export interface CompanionSessionDeps {
  /** Opens a stream with its first message. */
  open: (payload: object) => CompanionStream;
  /** The agent's name as a participant, such as it is or as it is found or made when the agent first asks. */
  participant: string | (() => Promise<string>);
  /** Of the next question: a code of BCP 47. */
  languageCode: () => string;
  now?: () => Date;
  /** How long a cancel may take, in milliseconds. */
  cancelLimitMs?: number;
}

/** After it the stream is closed, and the answer with it. */
const CANCEL_LIMIT_MS = 3_000;

/** An end that the companion gave no reason for. */
class StreamOver extends Error {
  override readonly name = 'StreamFailed';
  readonly code = 14;
}

/**
 * The agent's dialogue with the companion. One stream carries all its questions; a stream that has ended in between is
 * replaced at the next one.
 */
export class CompanionSession {
  readonly #deps: CompanionSessionDeps;
  readonly #state = signal<CompanionState>(NO_TURNS);
  #participant: Promise<string> | undefined;
  #stream: CompanionStream | undefined;
  #cancelTimer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(deps: CompanionSessionDeps) {
    this.#deps = deps;
  }

  get state(): ReadonlySignal<CompanionState> {
    return this.#state;
  }

  /** Asks a question, unless the companion is at work on another. */
  ask(text: string): boolean {
    return this.#begin({ kind: 'question', text });
  }

  /** Confirms, revises or cancels a tool call, once. */
  decide(toolName: string, decision: Omit<SuggestionInput, 'sendTime'>): boolean {
    if (Object.hasOwn(this.#state.value.decisions, decision.answerRecord)) return false;
    const input = { ...decision, sendTime: this.#now().toISOString() };
    return this.#begin({ kind: 'decision', toolName, input });
  }

  /** Repeats the input of a turn that failed or was cancelled. */
  askAgain(id: number): boolean {
    const turn = this.#state.value.turns.find((each) => each.id === id);
    if (turn === undefined || turn.isRepeated) return false;
    return this.#begin(turn.input, id);
  }

  /** Asks the companion to stop. */
  cancel(): void {
    const turn = activeTurn(this.#state.value);
    if (turn === undefined || turn.state === 'cancelling') return;
    this.#change({ type: 'cancelling' });
    const stream = this.#stream;
    try {
      stream?.cancel();
    } catch {
      // It has ended; its error ends the turn.
    }
    this.#cancelTimer = setTimeout(
      () => this.#giveUp(stream),
      stream === undefined ? 0 : (this.#deps.cancelLimitMs ?? CANCEL_LIMIT_MS),
    );
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#cancelTimer);
    this.#stream?.close();
    this.#stream = undefined;
  }

  #now(): Date {
    return this.#deps.now?.() ?? new Date();
  }

  #begin(input: TurnInput, repeats?: number): boolean {
    if (this.#isClosed || activeTurn(this.#state.value) !== undefined) return false;
    this.#change({ type: 'asked', input, ...(repeats === undefined ? {} : { repeats }) });
    void this.#send(input);
    return true;
  }

  async #send(input: TurnInput): Promise<void> {
    try {
      const participant = await this.#participantName();
      // The agent may have cancelled in between.
      if (this.#isClosed || activeTurn(this.#state.value)?.input !== input) return;
      const payload = { participant, ...this.#content(input) };
      if (!this.#sendOnOpen(payload)) this.#open(payload);
    } catch (error) {
      this.#end(error);
    }
  }

  /** False where no stream is open: one that was idle for a minute has ended. */
  #sendOnOpen(payload: object): boolean {
    try {
      this.#stream?.send(payload);
      return this.#stream !== undefined;
    } catch {
      return false;
    }
  }

  #content(input: TurnInput): object {
    if (input.kind === 'decision') return { suggestionInput: input.input };
    return { textInput: { text: input.text, languageCode: this.#deps.languageCode() } };
  }

  #participantName(): Promise<string> {
    const { participant } = this.#deps;
    if (typeof participant === 'string') return Promise.resolve(participant);
    this.#participant ??= participant();
    // A look that failed must not fail all questions after it.
    this.#participant.catch(() => {
      this.#participant = undefined;
    });
    return this.#participant;
  }

  #open(payload: object): void {
    const stream = this.#deps.open(payload);
    this.#stream = stream;
    void this.#read(stream);
  }

  async #read(stream: CompanionStream): Promise<void> {
    let error: unknown;
    try {
      for await (const message of stream) {
        if (this.#stream !== stream) return;
        this.#change({ type: 'received', message: message as CompanionMessage });
      }
      error = new StreamOver('the stream is over');
    } catch (cause) {
      error = cause;
    }
    if (this.#stream !== stream) return;
    this.#end(error);
  }

  /** The stream has ended. What was under way has failed, but for an answer that was to stop anyway. */
  #end(error: unknown): void {
    this.#stream = undefined;
    const isStopping = activeTurn(this.#state.value)?.state === 'cancelling';
    this.#change(isStopping ? { type: 'cancelled' } : { type: 'failed', error });
  }

  /** The companion has not confirmed the cancel. Without its stream nothing of the answer can come any more. */
  #giveUp(stream: CompanionStream | undefined): void {
    if (this.#stream === stream) {
      this.#stream = undefined;
      stream?.close();
    }
    this.#change({ type: 'cancelled' });
  }

  #change(change: CompanionChange): void {
    this.#state.value = afterChange(this.#state.value, change);
    if (activeTurn(this.#state.value)?.state !== 'cancelling') clearTimeout(this.#cancelTimer);
  }
}
