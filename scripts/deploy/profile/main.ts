// Shows or changes the notification configs of one conversation profile, as gcloud's account. A program of its own, so that
// it is a step's command like every call of gcloud, and can be pasted.
import { Argument, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { oneOf } from '../../cli/option-values.ts';
import { accessToken } from '../../gcloud/access-token.ts';
import { createExec } from '../../gcloud/exec.ts';
import { wanted } from './notification-configs.ts';
import { createProfilesClient } from './profiles.ts';
import { VERBS } from './verbs.ts';

function addTopic(text: string, topics: ReadonlyMap<EventKind, string> = new Map()) {
  const [name, topic] = text.split('=');
  const kind = EVENT_KINDS.find((each) => each === name);
  if (kind === undefined || !topic)
    throw new InvalidArgumentError(`--topic takes KIND=TOPIC, with a KIND of ${EVENT_KINDS.join(', ')}`);
  return new Map([...topics, [kind, topic]]);
}

const verbs = Object.keys(VERBS);
const declared = command(
  'profile',
  'Shows or changes where a conversation profile publishes its events.',
  'node scripts/deploy/profile/main.ts',
)
  .addArgument(new Argument('<verb>', verbs.join(', ')).argParser(oneOf('verb', verbs)))
  .requiredOption('--project <id>', 'project of the profile')
  .option('--location <location>', 'global or a region', 'global')
  .option('--id <id>', 'a profile that exists')
  .option(
    '--display-name <name>',
    'without --id: the profile of that name, which apply makes if there is none',
  )
  .option('--topic <kind=topic>', 'topic of a kind of event; may be given several times', addTopic)
  .option('--account <account>', "account of gcloud, default gcloud's own")
  // Every command of a plan has it.
  .addOption(new Option('--quiet').hideHelp());

await runCommand(
  declared,
  async ({ project: projectId, location, id, displayName = '', topic, account }, verb) => {
    const selector = { projectId, location, id, displayName };
    const client = createProfilesClient(
      selector,
      await accessToken(account, createExec(process.cwd(), process.env)),
      process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW,
    );
    try {
      const want = wanted(topic ?? new Map(), projectId);
      console.log(await VERBS[verb]?.({ client, selector, want }));
      return EXIT.ok;
    } finally {
      await client.close();
    }
  },
);
