import { Argument, InvalidArgumentError } from '@commander-js/extra-typings';
import { EVENT_KINDS } from '../../../shared/event.ts';
import { command } from '../../cli/command.ts';
import { durationMs } from '../../cli/duration.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { conversationName, oneOf, repeated, wholeNumber } from '../../cli/option-values.ts';
import { topicFault } from '../../deploy/settings/google-names.ts';

const duration = (option: string) => (text: string) => {
  const ms = durationMs(text);
  if (ms === undefined) throw new InvalidArgumentError(`${option} takes a time such as 90s, 10m, 2h or 1d`);
  return ms;
};

function topic(text: string): string {
  const fault = topicFault(text);
  if (fault !== undefined) throw new InvalidArgumentError(`--to takes the id of a topic: ${fault}`);
  return text;
}

const ACTIONS = ['list', 'show', 'inject', 'discard'] as const;

const ACTION_HELP =
  'list shows one line each, show all but the content; inject publishes each to its topic and removes it when that is ' +
  'confirmed; discard removes each for good, and needs to be told which';

export const declared = command(
  'replay-dead-letters',
  'Shows the events that could not be delivered, publishes them again, or discards them.',
)
  .addArgument(
    new Argument('[action]', ACTION_HELP).argParser(oneOf('action', ACTIONS)).default('list' as const),
  )
  .option('--settings <file>', SETTINGS_HELP)
  .optionsGroup('Which of them, default all:')
  .option('--id <id>', 'may be given several times', repeated(String))
  .option(
    '--kind <kind>',
    `may be given several times: ${EVENT_KINDS.join(', ')}`,
    repeated(oneOf('--kind', EVENT_KINDS)),
  )
  .option('--conversation <name>', 'full or short name, or the id alone', conversationName)
  .option('--older-than <time>', 'since the first publication: 90s, 10m, 2h, 1d', duration('--older-than'))
  .option('--younger-than <time>', 'since the first publication', duration('--younger-than'))
  .option('--limit <number>', 'how many are looked at', wholeNumber('--limit', 1, 99_999), 1_000)
  .optionsGroup('For inject:')
  .option('--to <topic>', 'publishes to this topic instead', topic)
  .option('--faulty', 'also those that a function would drop')
  .optionsGroup('For inject and discard:')
  .option('--dry-run', 'shows which, and changes none')
  .option('--yes', 'does not ask');
