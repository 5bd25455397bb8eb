import { FairShare } from './fair-share.ts';

/** An agent has waited too long. */
export class TurnTimeoutError extends Error {
  override readonly name = 'TurnTimeoutError';
  /** Whether the agent had turns meanwhile: then its own calls are in its way. */
  readonly isOwn: boolean;

  constructor(isOwn: boolean) {
    super('waited too long for a turn');
    this.isOwn = isOwn;
  }
}

interface Waiting {
  grant(): void;
}

/**
 * Lets a number of calls be under way at the same time, and the others wait. A turn that ends goes to the waiting agent
 * that has the fewest, so a crowd of one agent's calls delays no other agent's call. See {@link FairShare} for how many
 * turns one agent may have.
 */
export class FairTurns {
  readonly #share: FairShare;
  readonly #waitMaxMs: number;
  /** By agent. The agent that was served least recently comes first. */
  readonly #queues = new Map<string, Set<Waiting>>();

  /**
   * @param size calls under way at the same time.
   * @param waitMaxMs how long a call may wait, in milliseconds.
   */
  constructor(size: number, waitMaxMs: number) {
    this.#share = new FairShare(size);
    this.#waitMaxMs = waitMaxMs;
  }

  /**
   * Waits for a turn.
   *
   * @param signal ends the wait; then the promise rejects with its reason.
   * @returns what ends the turn. A second call does nothing.
   * @throws {TurnTimeoutError}
   */
  async take(agent: string, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#queues.has(agent) || !this.#share.take(agent)) await this.#wait(agent, signal);
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      this.#share.give(agent);
      this.#grantNext();
    };
  }

  /** Resolves when a turn was taken. */
  #wait(agent: string, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#remove(agent, waiting);
      };
      const onAbort = () => {
        leave();
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        leave();
        reject(new TurnTimeoutError(this.#share.heldBy(agent) > 0));
      }, this.#waitMaxMs);
      const waiting = {
        grant: () => {
          leave();
          resolve();
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const queue = this.#queues.get(agent) ?? new Set();
      this.#queues.set(agent, queue.add(waiting));
    });
  }

  #remove(agent: string, waiting: Waiting): void {
    const queue = this.#queues.get(agent);
    queue?.delete(waiting);
    if (queue?.size === 0) this.#queues.delete(agent);
  }

  /** More than one can be due: an agent may have had to wait although there were free turns. */
  #grantNext(): void {
    for (;;) {
      const agent = this.#leastServed();
      const queue = agent === undefined ? undefined : this.#queues.get(agent);
      const [first] = queue ?? [];
      if (agent === undefined || queue === undefined || first === undefined) return;
      if (!this.#share.take(agent)) return;
      // To the end of the line, before the queue loses its last call and goes.
      this.#queues.delete(agent);
      this.#queues.set(agent, queue);
      first.grant();
    }
  }

  #leastServed(): string | undefined {
    let least: string | undefined;
    for (const agent of this.#queues.keys()) {
      const held = this.#share.heldBy(agent);
      if (held === 0) return agent;
      if (least === undefined || held < this.#share.heldBy(least)) least = agent;
    }
    return least;
  }
}
