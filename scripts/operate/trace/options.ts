import { Argument } from '@commander-js/extra-typings';
import { command } from '../../cli/command.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { conversationName, relayAddress, wholeNumber } from '../../cli/option-values.ts';

export const TOKEN_VARIABLE = 'ADMIN_TOKEN';

const relayUrl = (text: string) => relayAddress('--relay')(text).href.replace(/\/+$/, '');

export const declared = command(
  'trace',
  'Says what happened to one conversation, from its events to its desktops, and why a desktop shows nothing. Shows no ' +
    'content. Exits with 1 when something is wrong.',
)
  .addArgument(
    new Argument('<conversation>', 'full or short name, or the id alone').argParser(conversationName),
  )
  .requiredOption('--relay <url>', 'any relay of the service; it asks the others', relayUrl)
  .option('--agent <sub>', 'also what was refused to this agent; the audit log has its sub')
  .option('--token-env <name>', `variable that holds the admin token (default: ${TOKEN_VARIABLE})`)
  .option('--token-file <file>', 'file that holds the admin token')
  .option('--settings <file>', `for what Google Cloud knows; ${SETTINGS_HELP}`)
  .option('--no-dead-letters', 'asks the relays alone: no dead letters, no profile, no log of the functions')
  .option('--follow', 'continues, and shows what is new, until Ctrl-C')
  .option('--every <seconds>', 'with --follow: how often it looks', wholeNumber('--every', 1, 3_600), 5)
  .option('--json', 'prints one JSON object, with --follow one a line');

export type TraceOptions = ReturnType<typeof declared.opts>;
