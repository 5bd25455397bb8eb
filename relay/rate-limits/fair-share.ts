/**
 * A fixed amount, such as of connections or of bytes, that agents share.
 *
 * An agent gets more only while it has less than is free. One agent alone gets half of the amount, and each further one
 * gets half of what is left or more. So something is left for an agent that has nothing yet.
 */
export class FairShare {
  #free: number;
  readonly #held = new Map<string, number>();

  /** @param size the whole amount. */
  constructor(size: number) {
    this.#free = size;
  }

  /** What an agent has. */
  heldBy(agent: string): number {
    return this.#held.get(agent) ?? 0;
  }

  /** Takes some of it for an agent. False when that is more than the agent may have now; then nothing is taken. */
  take(agent: string, amount = 1): boolean {
    const held = this.heldBy(agent) + amount;
    if (held > this.#free) return false;
    this.#held.set(agent, held);
    this.#free -= amount;
    return true;
  }

  /** Gives back what was taken. */
  give(agent: string, amount = 1): void {
    const held = this.heldBy(agent) - amount;
    if (held > 0) this.#held.set(agent, held);
    else this.#held.delete(agent);
    this.#free += amount;
  }
}
