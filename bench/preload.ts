// Preloaded into every server that is measured, ours and the floors alike: keeps it on loopback, tells where it
// listens, and does what the bench asks of it.
import '../scripts/local/loopback-only.ts';
import type { AddressInfo } from 'node:net';
import { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** From the bench to a child. */
export type Request = 'memory' | 'processor-time' | 'exit';
/** From a child to the bench. */
export type Answer =
  | { type: 'listening'; port: number }
  | { type: 'memory'; bytes: number }
  | { type: 'processor-time'; us: number };

/** Pauses between collections: the collector gives pages back to the system bit by bit. */
const SETTLE_ROUNDS = 4;
const SETTLE_PAUSE_MS = 150;

if (process.send !== undefined) {
  const tell = (answer: Answer) => process.send?.(answer);
  const { listen } = Server.prototype as { listen: (this: Server, ...args: unknown[]) => Server };
  Server.prototype.listen = function listenAndTell(this: Server, ...args: unknown[]): Server {
    this.once('listening', () => tell({ type: 'listening', port: (this.address() as AddressInfo).port }));
    return listen.apply(this, args);
  };
  process.on('message', async (request: Request) => {
    if (request === 'exit') process.exit(0); // also writes the CPU profile, if there is one
    if (request === 'processor-time') {
      const { user, system } = process.cpuUsage();
      tell({ type: 'processor-time', us: user + system });
      return;
    }
    for (let round = 0; round < SETTLE_ROUNDS; round++) {
      globalThis.gc?.();
      await sleep(SETTLE_PAUSE_MS);
    }
    tell({ type: 'memory', bytes: process.memoryUsage.rss() });
  });
  process.once('disconnect', () => process.exit(1));
}
