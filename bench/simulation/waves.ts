// A discrete-event simulation of desktops that lose their connections and come back. Pure: the random numbers are given.
import { EventHeap } from './event-heap.ts';

/** Times are in seconds. */
export interface WaveInput {
  /** When each desktop connects or loses its connection for the first time. */
  starts: readonly number[];
  /** How many relays take them. */
  relays: number;
  /** Processor time of a relay for one connection with its join. */
  connectSeconds: number;
  /** Connections at a time that have shown no token: one more ends the oldest. `HTTP_LIMITS.pendingConnectionsMax` */
  pendingMax: number;
  /** How long a connection may wait for its token to be judged. `SESSION_LIMITS.authTimeoutMs` */
  patience: number;
  /** The pause before an attempt, by how many have failed. */
  backoff(failures: number, random: () => number): number;
  /** How long a connection lives; undefined where it stays. */
  life?: ((random: () => number) => number) | undefined;
  /** When the simulation ends. */
  end: number;
  random: () => number;
}

export interface WaveResult {
  /** When desktops came in. */
  joins: number[];
  /** Attempts that a relay gave up. */
  failures: number;
}

/**
 * Socket.IO's pause, with its defaults: 1 s, twice as long with each failure, up to 5 s, and half of it at random.
 * Source: socket.io-client, `contrib/backo2`.
 */
export function socketIoBackoff(failures: number, random: () => number): number {
  const pause = 1_000 * 2 ** failures;
  const chance = random();
  const deviation = Math.floor(chance * 0.5 * pause);
  const sign = (Math.floor(chance * 10) & 1) === 0 ? -1 : 1;
  return Math.min(pause + sign * deviation, 5_000) / 1_000;
}

interface Desktop {
  failures: number;
}

export function simulateWave(input: WaveInput): WaveResult {
  const { relays, connectSeconds, pendingMax, patience, backoff, life, end, random } = input;
  /** Of each relay: when it will have served the connections that wait, and when each of them is served. */
  const free = new Float64Array(relays);
  const heap = new EventHeap<Desktop>();
  const lose = (at: number, desktop: Desktop) => heap.push(at + backoff(desktop.failures, random), desktop);
  for (const start of input.starts) lose(start, { failures: 0 });
  const result: WaveResult = { joins: [], failures: 0 };
  for (let next = heap.pop(); next !== undefined && next.at <= end; next = heap.pop()) {
    const { at, item: desktop } = next;
    // Cloud Run sends a new connection to any instance that has room.
    const relay = Math.floor(random() * relays);
    const begins = Math.max(at, free[relay] ?? 0);
    const waiting = (begins - at) / connectSeconds;
    if (begins + connectSeconds - at > patience || waiting > pendingMax) {
      desktop.failures++;
      result.failures++;
      lose(at + Math.min(patience, begins - at), desktop);
      continue;
    }
    const done = begins + connectSeconds;
    free[relay] = done;
    desktop.failures = 0;
    result.joins.push(done);
    if (life !== undefined) lose(done + life(random), desktop);
  }
  return result;
}

/** Most joins in any second. */
export function peakPerSecond(joins: readonly number[], after = 0): number {
  const seconds = new Map<number, number>();
  for (const join of joins) {
    if (join < after) continue;
    const second = Math.floor(join);
    seconds.set(second, (seconds.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...seconds.values());
}

/** By when this part of the desktops was in, counted from 0. */
export function timeUntil(part: number, joins: readonly number[], desktops: number): number {
  const sorted = Float64Array.from(joins).sort();
  return sorted[Math.ceil(part * desktops) - 1] ?? Number.POSITIVE_INFINITY;
}

/** Random numbers that are the same in each run: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
