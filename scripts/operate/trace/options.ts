import { Argument } from '@commander-js/extra-typings';
import { command } from '../../cli/command.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { relayAddress, wholeNumber } from '../../cli/option-values.ts';
import { UsageError } from '../../cli/usage-error.ts';

export const TOKEN_VARIABLE = 'ADMIN_TOKEN';

// As shortName() of shared/ takes it, with any project; the relay checks the project.
const NAME =
  /^(?:projects\/[a-z0-9][a-z0-9.:-]*\/(?:locations\/[a-z0-9-]+\/)?conversations\/)?[A-Za-z0-9_-][A-Za-z0-9._~-]{0,127}$/;

/** Space, plus signs and brackets are in no name of a conversation. */
const PHONE = /^[+\d][\d\s()./-]{5,}$/;

/** What is wrong is said without the text: it may be a number that somebody has called from. */
function conversation(text: string): string {
  if (NAME.test(text)) return text;
  const fault = PHONE.test(text) ? 'that looks like a phone number; ' : '';
  throw new UsageError(
    `${fault}the conversation is a name such as projects/PROJECT/conversations/ID, or its id alone`,
  );
}

const relayUrl = (text: string) => relayAddress('--relay')(text).href.replace(/\/+$/, '');

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
