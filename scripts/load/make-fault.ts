import type { Agent } from './agent.ts';
import { drawShare, type LoadFault, REDIS_PAUSE_MS } from './faults.ts';

/** What a system of the command's own can do. */
export interface StackActions {
  restartRelay(): Promise<void>;
  /** Stops Redis for so many milliseconds; undefined for a Redis of the user's. */
  loseRedis?: ((pauseMs: number) => Promise<void>) | undefined;
}

export interface FaultDeps {
  random: () => number;
  stack: StackActions | undefined;
  /** How long desktops do not read, in milliseconds. */
  slowMs: number;
}

/**
 * Makes a fault and resolves when it is over, with the number of desktops that it hit; undefined where it hit the system.
 *
 * @throws {Error} when the system does not come back.
 */
export async function makeFault(
  fault: LoadFault,
  connected: readonly Agent[],
  { random, stack, slowMs }: FaultDeps,
): Promise<number | undefined> {
  switch (fault.name) {
    case 'cut': {
      const cut = drawShare(connected, fault.share, random);
      for (const agent of cut) agent.cut();
      return cut.length;
    }
    case 'slow': {
      const slow = drawShare(connected, fault.share, random);
      await Promise.all(slow.map((agent) => agent.stall(slowMs)));
      return slow.length;
    }
    case 'reconnect-wave': {
      for (const agent of connected) agent.cutAndReturn();
      return connected.length;
    }
    case 'restart-relay':
      await stack?.restartRelay();
      return undefined;
    case 'redis-pause':
      await stack?.loseRedis?.(REDIS_PAUSE_MS);
      return undefined;
  }
}
