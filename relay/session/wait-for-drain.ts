import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;

/** A connection as far as its outgoing bytes are concerned. */
export interface Outgoing {
  /** Bytes that the operating system has not taken yet. */
  readonly waitingBytes: number;
  readonly isOpen: boolean;
}

/** Resolves when nothing waits to be sent, or nothing can be sent any more. */
export async function untilDrained(connection: Outgoing): Promise<void> {
  // Looked at and not listened for: neither ws nor Engine.IO tells when its buffer has become empty.
  // The first look a turn later: mostly the operating system has taken all by then.
  if (connection.waitingBytes > 0) await turn();
  while (connection.isOpen && connection.waitingBytes > 0) await sleep(LOOK_AGAIN_MS);
}
