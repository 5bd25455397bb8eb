import { command } from '../cli/command.ts';
import { oneOf, wholeNumber } from '../cli/option-values.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { EmulatorProgram, EmulatorSearch } from '../local/pubsub-emulator.ts';

/** The demo's command line. */
export function demoCommand() {
  return command(
    'demo',
    'Starts Redis, Pub/Sub, the four functions, the relay and a Dialogflow simulator on this machine, and plays a call ' +
      'again and again until Ctrl-C, which stops all of them.',
  )
    .option(
      '--once',
      'plays one call fast, prints what arrived, exits with 0 only when every event arrived once',
    )
    .option(
      '--pubsub <way>',
      "emulator: through Google's Pub/Sub emulator (default where it and Java are installed); direct: straight to the " +
        'functions, as Eventarc would',
      oneOf('--pubsub', ['emulator', 'direct']),
    )
    .option(
      '--port <number>',
      "the desktop's port, 0 for a free one (default: 8080, or a free one when it is taken)",
      wholeNumber('--port', 0, 65_535),
    )
    .addHelpText(
      'after',
      '\nREDISHOST and REDISPORT name a Redis to use; without them the demo starts one of its own.',
    );
}

export type DemoOptions = ReturnType<ReturnType<typeof demoCommand>['opts']>;

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
