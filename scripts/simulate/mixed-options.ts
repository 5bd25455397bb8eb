import { UsageError } from '../cli/usage-error.ts';
import { isOfStack } from '../load/faults.ts';
import type { SimulateOptions } from './options.ts';

const PLAYING = [
  'scenario',
  'replay',
  'calls',
  'rate',
  'speed',
  'duplicates',
  'reorder',
  'seed',
  'late',
  'publish',
  'function',
  'location',
  'settings',
] as const satisfies readonly (keyof SimulateOptions)[];

const LOADING = [
  'ramp',
  'hold',
  'native',
  'fault',
  'report',
] as const satisfies readonly (keyof SimulateOptions)[];
const NOT_LOADING = ['calls', 'rate', 'late'] as const satisfies readonly (keyof SimulateOptions)[];

/** @throws {UsageError} when options are given that have no meaning together. */
export function refuseMixed(options: SimulateOptions): void {
  refuseMixedLoad(options);
  if (options.record === undefined) {
    if (options.conversation !== undefined) throw new UsageError('--conversation goes with --record');
    if (options.withContent) throw new UsageError('--with-content goes with --record');
    if (options.replay !== undefined && options.scenario !== undefined)
      throw new UsageError('--replay and --scenario: choose one of them');
    return;
  }
  const playing = [...PLAYING, 'agents' as const].find((name) => options[name] !== undefined);
  if (playing !== undefined) throw new UsageError(`--${playing} does not go with --record`);
  if (options.conversation === undefined)
    throw new UsageError('--conversation is missing: name the call to record');
}

function refuseMixedLoad(options: SimulateOptions): void {
  if (options.agents === undefined) {
    const loading = LOADING.find((name) => options[name] !== undefined);
    if (loading !== undefined) throw new UsageError(`--${loading} goes with --agents`);
    return;
  }
  const other = NOT_LOADING.find((name) => options[name] !== undefined);
  if (other !== undefined) throw new UsageError(`--${other} does not go with --agents`);
  const ofStack = options.fault?.find(isOfStack);
  if (ofStack !== undefined && options.relay !== undefined)
    throw new UsageError(
      `--fault ${ofStack.name} goes without --relay: only a system that the command has started can have it`,
    );
}
