import { InvalidArgumentError } from '@commander-js/extra-typings';
import { LOCATION_PATTERN } from '../../shared/conversation-name.ts';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { SCENARIO_NAMES } from '../calls/scenarios/index.ts';
import { command } from '../cli/command.ts';
import { SETTINGS_HELP } from '../cli/env-file.ts';
import {
  decimal,
  duration,
  oneOf,
  percentage,
  relayAddress,
  repeated,
  wholeNumber,
} from '../cli/option-values.ts';
import { FAULT_FORMS, parseFault } from '../load/faults.ts';
import { LOAD_DEFAULTS, LOAD_LIMITS } from '../load/limits.ts';

export const DEFAULTS = { calls: 10, rate: 1, speed: 1, lateMs: 1_000 };

/** How events get to the functions. */
export type Way = { to: 'emulator' } | { to: 'functions' } | { to: 'pubsub'; project: string };

function way(text: string): Way {
  if (text === 'emulator' || text === 'functions') return { to: text };
  const [, project] = /^pubsub:([a-z0-9][a-z0-9.:-]{0,127})$/.exec(text) ?? [];
  if (project !== undefined) return { to: 'pubsub', project };
  throw new InvalidArgumentError('--publish takes emulator, functions or pubsub:PROJECT');
}

function functionUrl(text: string): [kind: EventKind, url: string] {
  const [kind, url = ''] = text.split(/=(.*)/s);
  const known = EVENT_KINDS.find((each) => each === kind);
  if (known === undefined || !URL.canParse(url))
    throw new InvalidArgumentError(`--function takes KIND=URL, KIND one of ${EVENT_KINDS.join(', ')}`);
  return [known, url];
}

function location(text: string): string {
  if (new RegExp(`^${LOCATION_PATTERN}$`).test(text)) return text;
  throw new InvalidArgumentError('--location takes a location such as global, us or europe-west1');
}

/** The simulator's command line. */
export function simulateCommand() {
  return command(
    'simulate',
    'Plays calls on the way that real events take, to a desktop for each, and reports which events were lost, repeated ' +
      'or late. Exits with 1 when any was lost or repeated. With --agents it loads a relay instead.',
  )
    .optionsGroup('What is played:')
    .option(
      '--scenario <name>',
      `only these, may be given several times: ${SCENARIO_NAMES.join(', ')} (default: all in turn)`,
      repeated(oneOf('--scenario', SCENARIO_NAMES)),
    )
    .option('--replay <file>', 'a recording instead of scenarios')
    .option('--calls <number>', `how many calls (default: ${DEFAULTS.calls})`, wholeNumber('--calls', 1, 500))
    .option(
      '--rate <number>',
      `calls that begin in a second (default: ${DEFAULTS.rate})`,
      decimal('--rate', 0.01, 50),
    )
    .option(
      '--speed <number>',
      `how many times as fast as people speak (default: ${DEFAULTS.speed})`,
      decimal('--speed', 0.1, 100),
    )
    .optionsGroup('What goes wrong:')
    .option(
      '--duplicates <percent>',
      'events that are delivered twice (default: 0%)',
      percentage('--duplicates'),
    )
    .option(
      '--reorder <percent>',
      'events that are delivered after later ones (default: 0%)',
      percentage('--reorder'),
    )
    .option(
      '--seed <number>',
      'chooses these events; the same seed chooses the same ones (default: a random one)',
      wholeNumber('--seed', 0, 999_999_999),
    )
    .option(
      '--late <ms>',
      `an event that takes longer is late (default: ${DEFAULTS.lateMs})`,
      wholeNumber('--late', 1, 60_000),
    )
    .optionsGroup('Where:')
    .option(
      '--relay <url>',
      'a relay that runs (default: a whole system of its own on this machine)',
      relayAddress('--relay'),
    )
    .option(
      '--publish <way>',
      "emulator: through Google's Pub/Sub emulator; functions: straight to the functions; pubsub:PROJECT: through " +
        'Pub/Sub of that project (default without --relay: emulator where it is installed, else functions)',
      way,
    )
    .option(
      '--function <kind=url>',
      'where a function listens on this machine, once for each kind; for --relay with --publish functions',
      repeated(functionUrl),
    )
    .option('--credential-env <name>', 'variable that holds what an agent sends to POST /register')
    .option(
      '--location <name>',
      'location in the names of the conversations, as ALLOWED_LOCATIONS has it (default: global)',
      location,
    )
    .option('--settings <file>', `for pubsub:PROJECT, which topics; ${SETTINGS_HELP}`)
    .option('--yes', 'does not ask before it plays to another machine')
    .optionsGroup('Load instead:')
    .option(
      '--agents <number>',
      `adds so many agents who have calls all the time, and measures latencies (at most ${LOAD_LIMITS.agents})`,
      wholeNumber('--agents', 1, LOAD_LIMITS.agents),
    )
    .option(
      '--ramp <time>',
      `in which the agents are added, such as 60s, at most ${LOAD_LIMITS.attemptsPerSecond} a second (default: ${LOAD_DEFAULTS.agentsPerSecond} a second)`,
      duration('--ramp', 1_000, LOAD_LIMITS.durationMs),
    )
    .option(
      '--hold <time>',
      `how long all agents then stay (default: ${LOAD_DEFAULTS.holdMs / 1_000}s)`,
      duration('--hold', 1_000, LOAD_LIMITS.durationMs),
    )
    .option(
      '--native <percent>',
      `desktops that use the native protocol, the others use Socket.IO (default: ${LOAD_DEFAULTS.native * 100}%)`,
      percentage('--native'),
    )
    .option(
      '--fault <fault>',
      `a fault while all agents are there, may be given several times: ${FAULT_FORMS.join(', ')}`,
      repeated(parseFault),
    )
    .option('--report <name>', 'writes NAME.json and NAME.html (default: load-report- and the time)')
    .optionsGroup('Recording instead:')
    .option('--record <file>', 'writes the events of a call of --relay to a new file, without what was said')
    .option('--conversation <name>', 'which call, such as projects/PROJECT/conversations/ID')
    .option('--with-content', 'records what was said, too')
    .addHelpText(
      'after',
      '\nPUBSUB_EMULATOR_HOST names the emulator for --relay with --publish emulator. REDISHOST and REDISPORT name a Redis ' +
        'to use; without them, and without --relay, the command starts one of its own.',
    );
}

export type SimulateOptions = ReturnType<ReturnType<typeof simulateCommand>['opts']>;
