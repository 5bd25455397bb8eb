import { Argument, InvalidArgumentError } from '@commander-js/extra-typings';
import { command } from '../../cli/command.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { wholeNumber } from '../../cli/option-values.ts';

export const TOKEN_VARIABLE = 'ADMIN_TOKEN';

// As shortName() of shared/ takes it, with any project; the relay checks the project.
const NAME =
  /^(?:projects\/[a-z0-9][a-z0-9.:-]*\/(?:locations\/[a-z0-9-]+\/)?conversations\/)?[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}$/;

function conversation(text: string): string {
  if (NAME.test(text)) return text;
  throw new InvalidArgumentError(
    'the conversation is a name such as projects/PROJECT/conversations/ID, or its id alone',
  );
}

function relayUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new InvalidArgumentError('--relay takes an address such as https://relay.example.com');
  return url.href.replace(/\/+$/, '');
}

export const declared = command(
  'trace',
  'Says what happened to one conversation, from its events to its desktops, and why a desktop shows nothing. Shows no ' +
    'content. Exits with 1 when something is wrong.',
)
  .addArgument(new Argument('<conversation>', 'full or short name, or the id alone').argParser(conversation))
  .requiredOption('--relay <url>', 'any relay of the service; it asks the others', relayUrl)
  .option('--agent <sub>', 'also what was refused to this agent; the audit log has its sub')
  .option('--token-env <name>', `variable that holds the admin token (default: ${TOKEN_VARIABLE})`)
  .option('--token-file <file>', 'file that holds the admin token')
  .option('--settings <file>', `for what Google Cloud knows; ${SETTINGS_HELP}`)
  .option('--no-dead-letters', 'asks the relays alone: no dead letters, no profile, no log of the functions')
  .option('--follow', 'goes on, and shows what is new, until Ctrl-C')
  .option('--every <seconds>', 'with --follow: how often it looks', wholeNumber('--every', 1, 3_600), 5)
  .option('--json', 'prints one JSON object, with --follow one a line');

export type TraceOptions = ReturnType<typeof declared.opts>;
