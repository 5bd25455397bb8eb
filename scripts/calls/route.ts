import { UsageError } from '../cli/usage-error.ts';
import type { EmulatorProgram, EmulatorSearch } from '../local/pubsub-emulator.ts';

/** How events travel, and why, as the end of a sentence. */
export interface Route {
  emulator: EmulatorProgram | undefined;
  description: string;
}

/**
 * @param option What the emulator is asked for with, as in `--pubsub`.
 * @throws {UsageError} when the emulator is asked for and missing.
 */
export function chooseRoute(
  wanted: 'emulator' | 'direct' | undefined,
  search: EmulatorSearch,
  option = '--pubsub',
): Route {
  if (wanted === 'direct') return { emulator: undefined, description: 'straight to the functions' };
  if ('program' in search)
    return { emulator: search.program, description: "through Google's Pub/Sub emulator" };
  if (wanted === 'emulator') throw new UsageError(`${option}=emulator: ${search.missing}`);
  return { emulator: undefined, description: `straight to the functions: ${search.missing}` };
}
