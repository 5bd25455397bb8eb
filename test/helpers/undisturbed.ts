import { monitorEventLoopDelay } from 'node:perf_hooks';

const ATTEMPTS = 3;
/** A process that was kept from running for so long was disturbed, in nanoseconds. */
const STALL_NS = 100e6;
const RESOLUTION_MS = 10;

/**
 * Runs a step again when it fails and this process was stalled meanwhile, for a step whose short limits a stall of the
 * machine breaks. Without a stall a failure is final. A step makes all that it uses itself, with names of its own.
 */
export async function undisturbed<T>(step: () => Promise<T>): Promise<T> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  try {
    for (let attempt = 1; ; attempt++) {
      delay.reset();
      try {
        return await step();
      } catch (error) {
        if (attempt === ATTEMPTS || delay.max < STALL_NS) throw error;
      }
    }
  } finally {
    delay.disable();
  }
}
