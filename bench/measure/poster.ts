// Posts events to a function at a rate, and notes when each arrives at a desktop.
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSource } from '../event-source.ts';
import { HttpConnection } from '../http-client.ts';

/** How long the last events may take to arrive, in milliseconds. */
export const ARRIVAL_LIMIT_MS = 5_000;

/** When events were posted, and how long they took to arrive. */
export class Arrivals {
  readonly #postedAt = new Map<string, number>();
  #times: number[] = [];

  posted(id: string): void {
    this.#postedAt.set(id, performance.now());
  }

  add(id: string | undefined): void {
    const postedAt = this.#postedAt.get(id ?? '');
    if (id === undefined || postedAt === undefined) throw new Error('an event arrived that is not under way');
    this.#postedAt.delete(id);
    this.#times.push(performance.now() - postedAt);
  }

  clear(): void {
    this.#times = [];
  }

  /** The times in milliseconds, when nothing is under way any more. */
  async all(): Promise<readonly number[]> {
    const deadline = performance.now() + ARRIVAL_LIMIT_MS;
    while (this.#postedAt.size > 0) {
      if (performance.now() > deadline) throw new Error(`${this.#postedAt.size} events did not arrive`);
      await sleep(10);
    }
    return this.#times;
  }
}

/** Posts events; one that is not answered yet does not keep the next from being posted. */
export class Poster {
  readonly #port: number;
  readonly #source: EventSource;
  readonly #arrivals: Arrivals;
  readonly #idle: HttpConnection[] = [];

  constructor(port: number, source: EventSource, arrivals: Arrivals) {
    this.#port = port;
    this.#source = source;
    this.#arrivals = arrivals;
  }

  async postAll(count: number, connections: number): Promise<void> {
    const rest = Array.from({ length: count }).values();
    await Promise.all(
      Array.from({ length: connections }, async () => {
        for (const _ of rest) await this.#post();
      }),
    );
  }

  async postAtRate(perSecond: number, durationMs: number): Promise<void> {
    const startedAt = performance.now();
    const posts = Array.from({ length: (durationMs / 1_000) * perSecond }, async (_, index) => {
      await sleep(Math.max(0, startedAt + (index * 1_000) / perSecond - performance.now()));
      await this.#post();
    });
    await Promise.all(posts);
  }

  close(): void {
    for (const connection of this.#idle) connection.close();
  }

  /** One that the server has not closed meanwhile. */
  #idleConnection(): HttpConnection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection === undefined || connection.isOpen) return connection;
    }
  }

  async #post(): Promise<void> {
    const connection = this.#idleConnection() ?? (await HttpConnection.open(this.#port));
    const { id, request } = this.#source.next();
    this.#arrivals.posted(id);
    await connection.post(request);
    this.#idle.push(connection);
  }
}
