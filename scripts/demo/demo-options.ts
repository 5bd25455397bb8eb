import { SCENARIO_NAMES } from '../calls/scenarios/index.ts';
import { command } from '../cli/command.ts';
import { oneOf, wholeNumber } from '../cli/option-values.ts';

/** The demo's command line. */
export function demoCommand() {
  return command(
    'demo',
    'Starts Redis, Pub/Sub, the four functions, the relay and a Dialogflow simulator on this machine, and plays calls ' +
      'of different kinds in turn until Ctrl-C, which stops all of them.',
  )
    .option(
      '--once',
      'plays one call fast, prints what arrived, exits with 0 only when every event arrived once',
    )
    .option(
      '--scenario <name>',
      `plays only calls of this kind: ${SCENARIO_NAMES.join(', ')} (default: all in turn, ${SCENARIO_NAMES[0]} with --once)`,
      oneOf('--scenario', SCENARIO_NAMES),
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
