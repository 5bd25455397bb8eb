/** What Redis holds, as far as its transactions go. */
export interface Hashes {
  hash(key: string): Map<string, string>;
}

type Write = (redis: Hashes) => unknown;

/** Commands that Redis carries out together. */
export class Multi {
  readonly #exec: (writes: Write[]) => Promise<[null, unknown][]>;
  readonly #writes: Write[] = [];

  constructor(exec: (writes: Write[]) => Promise<[null, unknown][]>) {
    this.#exec = exec;
  }

  hincrby(key: string, field: string, by: number): this {
    this.#writes.push((redis) => {
      const hash = redis.hash(key);
      hash.set(field, String(Number(hash.get(field) ?? 0) + by));
    });
    return this;
  }

  hset(key: string, ...values: [Record<string, unknown>] | [string, unknown]): this {
    const [first, second] = values;
    const fields = typeof first === 'string' ? { [first]: second } : first;
    this.#writes.push((redis) => {
      for (const [field, value] of Object.entries(fields)) redis.hash(key).set(field, String(value));
    });
    return this;
  }

  expire(): this {
    return this;
  }

  exec(): Promise<[null, unknown][]> {
    return this.#exec(this.#writes);
  }
}
