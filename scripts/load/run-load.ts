import { setTimeout as sleep } from 'node:timers/promises';
import type { CallEvent } from '../calls/call-event.ts';
import type { FaultShares } from '../calls/faults.ts';
import type { Publisher } from '../local/publisher.ts';
import { Agent, type Work } from './agent.ts';
import { faultText, faultTimes, type LoadFault, slowMs } from './faults.ts';
import { ARRIVAL_LIMIT_MS } from './limits.ts';
import { type LoopSummary, startLoopDelay } from './loop-delay.ts';
import { makeFault, type StackActions } from './make-fault.ts';
import { Measurements } from './measurements.ts';
import { createNativeDesktop } from './native-desktop.ts';
import { isNative, type Schedule, startTimes } from './ramp.ts';
import { createSocketIoDesktop } from './socket-io-desktop.ts';

export interface LoadOptions {
  schedule: Schedule;
  /** Share of the desktops that use the native protocol, from 0 to 1. */
  native: number;
  faults: readonly LoadFault[];
  /** Needed for the faults of a system of the command's own. */
  stack?: StackActions | undefined;
  /** The calls that agents have in turn. */
  calls: readonly (readonly CallEvent[])[];
  speed: number;
  shares: FaultShares;
  random: () => number;
  project: string;
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  idPrefix: string;
  /** The relay's address, without a slash at its end. */
  relayUrl: string;
  /** Gives a token of the relay. */
  register(): Promise<string>;
  publisher: Publisher;
  /** Called once when there is something to look at. */
  onState?(state: LoadState): void;
  /** Ends the run; its result then says what was measured by then. */
  signal: AbortSignal;
}

/** When a fault began and ended, in milliseconds after the start. */
export interface MadeFault {
  fault: string;
  fromMs: number;
  toMs: number;
  /** How many desktops it hit; absent where it hit the system. */
  desktops?: number;
}

/** A run that goes on; it changes. */
export interface LoadState {
  schedule: Schedule;
  measured: Measurements;
  /** The faults that have ended, and the one that goes on. */
  faults: MadeFault[];
  running: string | undefined;
  elapsedMs(): number;
  isInterrupted: boolean;
}

export interface LoadResult extends LoadState {
  durationMs: number;
  loop: LoopSummary;
}

const SECOND_MS = 1_000;

/** Adds agents who have calls, makes faults, and measures what their desktops receive. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { schedule, faults: wanted, calls, signal, idPrefix } = options;
  const measured = new Measurements();
  const over = new AbortController();
  const loop = startLoopDelay();
  const startedAt = performance.now();
  const elapsedMs = () => performance.now() - startedAt;
  const state: LoadState = {
    ...{ schedule, measured, elapsedMs, faults: [], running: undefined },
    get isInterrupted() {
      return signal.aborted;
    },
  };
  const sampling = setInterval(() => measured.sample(elapsedMs(), loop.sample()), SECOND_MS);
  const work: Work = {
    ...{ ...options, url: options.relayUrl, measured, over: over.signal, interrupted: signal },
    arrivalLimitMs: ARRIVAL_LIMIT_MS,
  };
  const stop = AbortSignal.any([over.signal, signal]);
  const agents = startTimes(schedule).map((_, index) => {
    const createDesktop = isNative(index, options.native) ? createNativeDesktop : createSocketIoDesktop;
    return new Agent(work, `${idPrefix}-${index + 1}`, createDesktop);
  });
  options.onState?.(state);
  try {
    const running = startTimes(schedule).map(async (atMs, index) => {
      await until(atMs);
      if (!stop.aborted) await agents[index]?.run(calls, index);
    });
    const faulting = makeFaults();
    await until(schedule.rampMs + schedule.holdMs);
    over.abort();
    await Promise.all([...running, faulting]);
  } finally {
    clearInterval(sampling);
  }
  const durationMs = elapsedMs();
  measured.sample(durationMs, loop.sample());
  return { ...state, elapsedMs, isInterrupted: signal.aborted, durationMs, loop: loop.stop() };

  async function until(atMs: number): Promise<void> {
    await sleep(Math.max(0, atMs - elapsedMs()), undefined, { signal: stop }).catch(() => {});
  }

  async function makeFaults(): Promise<void> {
    const times = faultTimes(wanted.length, schedule);
    for (const [index, fault] of wanted.entries()) {
      await until(times[index] ?? 0);
      if (stop.aborted) return;
      const fromMs = elapsedMs();
      state.running = faultText(fault);
      const connected = agents.filter(({ isConnected }) => isConnected);
      const { random, stack } = options;
      const desktops = await makeFault(fault, connected, {
        ...{ random, stack, slowMs: slowMs(wanted.length, schedule) },
      }).catch((error: unknown) => {
        if (!signal.aborted)
          measured.errors.add(`fault: ${error instanceof Error ? error.message : 'failed'}`);
        return undefined;
      });
      state.running = undefined;
      state.faults.push({
        ...{ fault: faultText(fault), fromMs, toMs: elapsedMs() },
        ...(desktops === undefined ? {} : { desktops }),
      });
    }
  }
}
