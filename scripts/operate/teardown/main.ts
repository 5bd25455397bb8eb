// `npm run teardown`: removes what `npm run deploy` has made, after showing it and asking.
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { confirm } from '../../cli/confirm.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { interruption } from '../../cli/interruption.ts';
import { ROOT } from '../../cli/root.ts';
import { banner } from '../../deploy/banner.ts';
import { plan, STEP_KEYS, withOnly } from '../../deploy/plan.ts';
import { loadSettings } from '../../deploy/settings/load-settings.ts';
import { isPermitted } from '../../gcloud/check-permissions.ts';
import { openProject } from '../../gcloud/open-project.ts';
import { removalPermissions } from '../../gcloud/permission-roles.ts';
import { shellLine } from '../../gcloud/shell.ts';
import type { Undo } from '../../gcloud/step.ts';
import { createTools } from '../../gcloud/tools.ts';
import { choose, otherRegionNote, survey, takeAway } from './teardown.ts';

const declared = command('teardown', 'Removes what npm run deploy made, after showing it and asking.')
  .option('--settings <file>', SETTINGS_HELP)
  .option('--only <step>', `what this step of the deployment made: ${STEP_KEYS.join(', ')}`)
  .option('--data', 'also Redis, what it holds, and the secrets')
  .option('--shared', 'also what deployments with a FUNCTION_NAME_SUFFIX share')
  .option('--dry-run', 'shows what would be removed and the commands, and removes nothing')
  .option('--yes', 'does not ask')
  .option('--skip-permission-check', 'does not check first that your account has all permissions');

await runCommand(declared, async (options) => {
  const { settings, given } = loadSettings(options.settings);
  // MONITORING may have been on before.
  const whole = plan({ ...settings, monitoring: 'on' }, {});
  const chosen = withOnly(whole, options.only);
  const tools = createTools(ROOT, interruption());
  const access = await openProject(settings, tools, process.env);
  console.error(banner(settings, given, access.account));
  console.error('looking for what is there, which takes about a minute …');
  const { ours, theirs } = await survey(chosen, tools);
  const { doomed, withoutShared, withoutData } = choose(ours, options);
  list('stays, since no deployment made it', theirs);
  list('stays without --shared, since other deployments may use it', withoutShared);
  list('stays without --data', withoutData);
  list(`will be removed from ${settings.projectId}`, doomed);
  if (doomed.length === 0) {
    console.log(`there is nothing to remove in project ${settings.projectId}, region ${settings.region}`);
    return EXIT.ok;
  }
  const note = options.only === undefined ? otherRegionNote([...ours, ...theirs], settings) : undefined;
  if (note !== undefined) console.log(note);
  if (options.dryRun) {
    for (const { argv } of doomed) console.log(shellLine(argv));
    return EXIT.ok;
  }
  if (!options.skipPermissionCheck) {
    if (!(await isPermitted(removalPermissions(doomed), settings, access, process.env))) return EXIT.failed;
  }
  const question = `Remove these ${doomed.length} from ${settings.projectId}?`;
  if (!options.yes && !(await confirm(question, tools.signal))) {
    console.log('nothing was removed');
    return tools.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
  const outcome = await takeAway(doomed, whole, tools, (title) => console.log(`removed ${title}`));
  if (outcome.state === 'done') {
    console.log(`done: ${outcome.removed} removed`);
    return EXIT.ok;
  }
  console.error(`${outcome.title}: ${outcome.message}`);
  return outcome.state === 'interrupted' ? EXIT.interrupted : EXIT.failed;
});

function list(heading: string, undos: readonly Undo[]): void {
  if (undos.length === 0) return;
  console.log(`${heading}:`);
  for (const { title } of undos) console.log(`  ${title}`);
}
