import { parseArgs } from 'node:util';
import type { EmulatorProgram, EmulatorSearch } from '../local/pubsub-emulator.ts';

export interface DemoOptions {
  help: boolean;
  /** One call, a table and an exit code in place of a loop. */
  once: boolean;
  /** Undefined: through the emulator where there is one. */
  pubsub: 'emulator' | 'direct' | undefined;
  /** Undefined: the usual port, or another one when it is taken; 0: any free one. */
  port: number | undefined;
}

/** The user's command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `Usage: npm run demo -- [options]

Starts Redis, Pub/Sub, the four functions, the relay and a Dialogflow simulator on this machine, and plays a call
again and again until Ctrl-C, which stops all of them.

  --once             play one call fast, print what arrived, exit with 0 only when every event arrived once
  --pubsub=emulator  send events through Google's Pub/Sub emulator (default where it and Java are installed)
  --pubsub=direct    send events straight to the functions, as Eventarc would
  --port=N           the desktop's port (default: 8080, or a free one when it is taken; 0: a free one)
  --help             print this

REDISHOST and REDISPORT name a Redis to use; without them the demo starts one of its own.`;

const HIGHEST_PORT = 65_535;

/** @throws {UsageError} */
export function parseDemoOptions(args: string[]): DemoOptions {
  const { help, once, pubsub, port } = parse(args);
  if (pubsub !== undefined && pubsub !== 'emulator' && pubsub !== 'direct') {
    throw new UsageError('--pubsub takes emulator or direct');
  }
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= HIGHEST_PORT)) {
    throw new UsageError(`--port takes a number from 0 to ${HIGHEST_PORT}`);
  }
  return { help, once, pubsub, port: port === undefined ? undefined : Number(port) };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        help: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        pubsub: { type: 'string' },
        port: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'the command line cannot be read');
  }
}

/** How events travel, and why, as the end of a sentence. */
export interface Route {
  emulator: EmulatorProgram | undefined;
  description: string;
}

/** @throws {UsageError} when the emulator is asked for and missing. */
export function chooseRoute(wanted: DemoOptions['pubsub'], search: EmulatorSearch): Route {
  if (wanted === 'direct') return { emulator: undefined, description: 'straight to the functions' };
  if ('program' in search)
    return { emulator: search.program, description: "through Google's Pub/Sub emulator" };
  if (wanted === 'emulator') throw new UsageError(`--pubsub=emulator: ${search.missing}`);
  return { emulator: undefined, description: `straight to the functions: ${search.missing}` };
}
