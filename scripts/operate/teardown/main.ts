// `npm run teardown`: removes what `npm run deploy` has made, after showing it and asking.
import { parseArgs } from 'node:util';
import { INTERRUPTED, interruption, ROOT, readSettingsEnv, runCommand } from '../../cli/command.ts';
import { confirm } from '../../cli/confirm.ts';
import { plan } from '../../deploy/plan.ts';
import { readDeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { isPermitted } from '../../gcloud/check-permissions.ts';
import { removalPermissions } from '../../gcloud/permission-roles.ts';
import { shellLine } from '../../gcloud/shell.ts';
import { stepNamed, type Undo } from '../../gcloud/step.ts';
import { createTools } from '../../gcloud/tools.ts';
import { choose, survey, takeAway } from './teardown.ts';

const USAGE = `npm run teardown -- [OPTION ...]
  --settings FILE          settings, default .env; variables of the environment win
  --only STEP              what this step of the deployment made
  --data                   also Redis, what it holds, and the secrets
  --shared                 also what deployments with a FUNCTION_NAME_SUFFIX share
  --dry-run                shows what would be removed and the commands, and removes nothing
  --yes                    does not ask
  --skip-permission-check  does not ask first whether your account may do it all`;

await runCommand('teardown', async () => {
  const { values } = parseArgs({
    options: {
      settings: { type: 'string' },
      only: { type: 'string' },
      data: { type: 'boolean', default: false },
      shared: { type: 'boolean', default: false },
      'skip-permission-check': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const settings = readDeploySettings(readSettingsEnv(values.settings));
  const whole = plan(settings, {});
  const chosen = values.only === undefined ? whole : { ...whole, steps: [stepNamed(whole, values.only)] };
  const tools = createTools(ROOT, interruption());
  const { ours, theirs } = await survey(chosen, tools);
  const { doomed, withoutShared, withoutData } = choose(ours, values);
  list('stays, since no deployment made it', theirs);
  list('stays without --shared, since other deployments may use it', withoutShared);
  list('stays without --data', withoutData);
  list(`will be removed from ${settings.projectId}`, doomed);
  if (doomed.length === 0) {
    console.log('there is nothing to remove');
    return 0;
  }
  if (values['dry-run']) {
    for (const { argv } of doomed) console.log(shellLine(argv));
    return 0;
  }
  if (!values['skip-permission-check']) {
    if (!(await isPermitted(removalPermissions(doomed), settings, tools, process.env))) return 1;
  }
  const question = `Remove these ${doomed.length} from ${settings.projectId}?`;
  if (!values.yes && !(await confirm(question, tools.signal))) {
    console.log('nothing was removed');
    return tools.signal.aborted ? INTERRUPTED : 1;
  }
  const outcome = await takeAway(doomed, whole, tools, (title) => console.log(`removed ${title}`));
  if (outcome.state === 'done') {
    console.log(`done: ${outcome.removed} removed`);
    return 0;
  }
  console.error(`${outcome.title}: ${outcome.message}`);
  return outcome.state === 'interrupted' ? INTERRUPTED : 1;
});

function list(heading: string, undos: readonly Undo[]): void {
  if (undos.length === 0) return;
  console.log(`${heading}:`);
  for (const { title } of undos) console.log(`  ${title}`);
}
