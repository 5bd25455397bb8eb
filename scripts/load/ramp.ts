import { UsageError } from '../cli/usage-error.ts';
import { LOAD_DEFAULTS, LOAD_LIMITS } from './limits.ts';

/** How agents are added and how long they stay, in milliseconds. */
export interface Schedule {
  agents: number;
  rampMs: number;
  holdMs: number;
}

/** @throws {UsageError} when agents would connect faster, or the run would last longer, than the limits allow. */
export function scheduleOf(given: {
  agents: number;
  rampMs?: number | undefined;
  holdMs?: number | undefined;
}): Schedule {
  const { agents } = given;
  const {
    rampMs = Math.ceil(agents / LOAD_DEFAULTS.agentsPerSecond) * 1_000,
    holdMs = LOAD_DEFAULTS.holdMs,
  } = given;
  const shortestMs = Math.ceil(agents / LOAD_LIMITS.attemptsPerSecond) * 1_000;
  if (rampMs < shortestMs)
    throw new UsageError(
      `--ramp: at most ${LOAD_LIMITS.attemptsPerSecond} agents connect in a second: give --agents ${agents} at least --ramp ${shortestMs / 1_000}s`,
    );
  if (rampMs + holdMs > LOAD_LIMITS.durationMs)
    throw new UsageError(
      `--ramp and --hold: together they last at most ${LOAD_LIMITS.durationMs / 60_000} minutes: make them shorter`,
    );
  return { agents, rampMs, holdMs };
}

/** When each agent begins to connect, in milliseconds after the start: evenly over the ramp, the first one at once. */
export function startTimes({ agents, rampMs }: Schedule): number[] {
  return Array.from({ length: agents }, (_, index) => (index * rampMs) / agents);
}

/** Whether an agent uses the native protocol; the two protocols take turns as evenly as the share allows. */
export function isNative(index: number, share: number): boolean {
  return Math.floor((index + 1) * share) > Math.floor(index * share);
}
