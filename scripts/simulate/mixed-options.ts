import { UsageError } from '../cli/usage-error.ts';
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

/** @throws {UsageError} when options are given that have no meaning together. */
export function refuseMixed(options: SimulateOptions): void {
  if (options.record === undefined) {
    if (options.conversation !== undefined) throw new UsageError('--conversation goes with --record');
    if (options.withContent) throw new UsageError('--with-content goes with --record');
    if (options.replay !== undefined && options.scenario !== undefined)
      throw new UsageError('--replay and --scenario: choose one of them');
    return;
  }
  const playing = PLAYING.find((name) => options[name] !== undefined);
  if (playing !== undefined) throw new UsageError(`--${playing} does not go with --record`);
  if (options.conversation === undefined)
    throw new UsageError('--conversation is missing: name the call to record');
}
