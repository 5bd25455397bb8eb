import { type ReadonlySignal, signal } from '@preact/signals';
import { ApiError } from '../api/api-error.ts';
import { type FeedState, keepsAsking, stateAfterFailure, waitFor } from './feed-state.ts';
import type { CallList } from './list-calls.ts';

export interface FeedDeps {
  list(): Promise<CallList>;
  /** Takes each list. */
  onList(list: CallList): void;
  /** Milliseconds since 1970. */
  now(): number;
  /** Whether nobody sees the page. It asks for nothing then. */
  isHidden(): boolean;
}

/** Asks for the list of calls, again and again. */
export class Feed {
  readonly #deps: FeedDeps;
  readonly #state = signal<FeedState>({ is: 'loading' });
  #timer: ReturnType<typeof setTimeout> | undefined;
  #goodAt: number | undefined;
  #failures = 0;
  #isAsking = false;
  /** Somebody wants a newer list than the one that is under way. */
  #isOverdue = false;

  constructor(deps: FeedDeps) {
    this.#deps = deps;
  }

  get state(): ReadonlySignal<FeedState> {
    return this.#state;
  }

  /** Asks at once: at the start, when a threshold has changed, when the page is seen again, when a person wants it. */
  refresh(): void {
    this.#isOverdue = true;
    if (!this.#isAsking) void this.#ask();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#deps.isHidden()) return;
    this.#isAsking = true;
    this.#isOverdue = false;
    let retryAt: number | undefined;
    try {
      const list = await this.#deps.list();
      this.#goodAt = this.#deps.now();
      this.#failures = 0;
      if (this.#state.peek().is !== 'live') this.#state.value = { is: 'live' };
      this.#deps.onList(list);
    } catch (error) {
      this.#failures++;
      this.#state.value = stateAfterFailure(error, this.#goodAt);
      retryAt = error instanceof ApiError ? error.retryAt : undefined;
    }
    this.#isAsking = false;
    const wait = Math.max(waitFor(this.#failures), (retryAt ?? 0) - this.#deps.now());
    if (keepsAsking(this.#state.peek())) this.#timer = setTimeout(() => void this.#ask(), wait);
    if (this.#isOverdue) await this.#ask();
  }
}
