import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

const LOOK_AGAIN_MS = 20;

/** The outgoing bytes of a connection. */
export interface Outgoing {
  /** Bytes that the operating system has not taken yet. */
  readonly waitingBytes: number;
  readonly isOpen: boolean;
}

/** Resolves when nothing waits to be sent, or nothing can be sent any more. */
export async function untilDrained(connection: Outgoing): Promise<void> {
  // This polls, because neither ws nor Engine.IO tells when its buffer has become empty.
  // The first check comes one turn later. By then the operating system has usually taken everything.
  if (connection.waitingBytes > 0) await turn();
  while (connection.isOpen && connection.waitingBytes > 0) await sleep(LOOK_AGAIN_MS);
}
