/** Runs something once, before the next frame of the page. */
export type NextFrame = (run: () => void) => void;

/** Events in one frame at most: about what a page can show within it. */
const A_FRAME_MAX = 20;
/** A hidden page has no frames: what waits for one runs after this time, in milliseconds. */
const WITHOUT_FRAMES_MS = 100;

export const nextFrame: NextFrame = (run) => {
  const once = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    run();
  };
  const frame = requestAnimationFrame(once);
  const timer = setTimeout(once, WITHOUT_FRAMES_MS);
};

/**
 * Hands events over no faster than the page shows them. An event that comes alone is handed over at once. Those that
 * come before the next frame wait for it, and the page is then drawn once for all of them. A replay of a long call
 * takes several frames, so that the page answers to the agent meanwhile.
 */
export class EventPacer<Item> {
  readonly #nextFrame: NextFrame;
  readonly #handle: (events: readonly Item[]) => void;
  readonly #waiting: Item[] = [];
  #waitsForFrame = false;

  constructor(nextFrame: NextFrame, handle: (events: readonly Item[]) => void) {
    this.#nextFrame = nextFrame;
    this.#handle = handle;
  }

  push(event: Item): void {
    this.#waiting.push(event);
    if (!this.#waitsForFrame) this.#next();
  }

  /** Hands over all that waits, because what follows depends on it. */
  flush(): void {
    if (this.#waiting.length > 0) this.#handle(this.#waiting.splice(0));
  }

  #next(): void {
    this.#waitsForFrame = this.#waiting.length > 0;
    if (!this.#waitsForFrame) return;
    const events = this.#waiting.splice(0, A_FRAME_MAX);
    this.#nextFrame(() => this.#next());
    this.#handle(events);
  }
}
