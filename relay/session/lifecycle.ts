import { setTimeout as sleep } from 'node:timers/promises';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import type { SessionLimits } from './limits.ts';

/** The longest time that setTimeout takes, in milliseconds. A longer one would be over at once. */
export const TIMER_MAX_MS = 2 ** 31 - 1;

/** A desktop's connection, as the code that ends connections sees it. */
export interface Closable {
  /** Announces that the connection will be closed within this many milliseconds, if the protocol can say that. */
  announceClose(withinMs: number): void;
  close(reason: CloseReason): void;
}

/**
 * Closes each connection at a random moment of a span. Otherwise all desktops would come back to the other relays in
 * the same instant. Resolves at the end of the span.
 */
export async function closeSpread(
  connections: Iterable<Closable>,
  reason: CloseReason,
  spreadMs: number,
  random: () => number = Math.random,
): Promise<void> {
  const closings = [...connections].map(async (connection) => {
    connection.announceClose(spreadMs);
    await sleep(random() * spreadMs);
    connection.close(reason);
  });
  await Promise.all(closings);
}

/**
 * Closes a connection when it has reached its age, before Cloud Run cuts it at 60 minutes in the middle of a frame.
 * Returns a function that cancels this.
 */
export function limitAge(
  connection: Closable,
  limits: Pick<SessionLimits, 'connectionAgeMs' | 'connectionAgeJitterMs' | 'drainSpreadMs'>,
  random: () => number = Math.random,
): () => void {
  const lifeMs = limits.connectionAgeMs + (2 * random() - 1) * limits.connectionAgeJitterMs;
  const close = () => void closeSpread([connection], CLOSE.aged, limits.drainSpreadMs);
  const timer = setTimeout(close, lifeMs);
  return () => clearTimeout(timer);
}
