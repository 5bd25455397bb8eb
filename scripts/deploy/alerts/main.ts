// Shows, makes or removes the alert policies and the dashboard of one deployment, as gcloud's account. A program of its own,
// so that it is a step's command like every call of gcloud, and can be pasted.
import { Argument, Option } from '@commander-js/extra-typings';
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { oneOf, repeated } from '../../cli/option-values.ts';
import { accessToken } from '../../gcloud/access-token.ts';
import { createExec } from '../../gcloud/exec.ts';
import { lastPart } from '../../gcloud/step.ts';
import { createMonitoringApi } from './monitoring-api.ts';
import { VERBS } from './verbs.ts';

const verbs = Object.keys(VERBS);
const texts = repeated((text: string) => text);
const declared = command(
  'alerts',
  'Shows, makes or removes the alert policies and the dashboard of a deployment.',
  'node scripts/deploy/alerts/main.ts',
)
  .addArgument(new Argument('<verb>', verbs.join(', ')).argParser(oneOf('verb', verbs)))
  .requiredOption('--project <id>', 'project of the deployment')
  .requiredOption('--region <region>', 'its region')
  .requiredOption('--service <name>', "the relay's service")
  .option(
    '--channel <name>',
    'whom the policies tell, projects/P/notificationChannels/ID; may be given several times',
    texts,
  )
  .option('--function <name>', 'a function; may be given several times', texts)
  .option('--function-suffix <text>', 'what the names of the functions end in', '')
  .option('--subscription <name>', 'the subscription of a function; may be given several times', texts)
  .option('--dead-letters <id>', 'the subscription of the dead letters', 'aa-dead-letter-sub')
  .option('--if-permitted', 'show: without channels, tells an account that may not look')
  .option('--account <account>', "account of gcloud, default gcloud's own")
  // Every command of a plan has it.
  .addOption(new Option('--quiet').hideHelp());

await runCommand(declared, async (options, verb) => {
  const { project: projectId, region, service: relayName, channel = [], account } = options;
  const token = await accessToken(account, createExec(process.cwd(), process.env));
  const asked = {
    api: createMonitoringApi(token, process.env.CLOUDSDK_API_ENDPOINT_OVERRIDES_MONITORING),
    owner: { projectId, region, relayName },
    names: {
      region,
      relayName,
      functionNames: options.function ?? [],
      functionSuffix: options.functionSuffix,
      subscriptions: (options.subscription ?? []).map(lastPart),
      deadLetterSubscription: options.deadLetters,
    },
    channels: channel,
    mayBeHidden: options.ifPermitted === true,
  };
  console.log(await VERBS[verb]?.(asked));
  return EXIT.ok;
});
