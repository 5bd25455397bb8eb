// `npm run deploy`: reads the settings, and prints the plan or carries it out.
import { parseArgs } from 'node:util';
import { INTERRUPTED, interruption, ROOT, readSettingsEnv, runCommand } from '../cli/command.ts';
import { isPermitted } from '../gcloud/check-permissions.ts';
import { permissionsOf } from '../gcloud/permission-roles.ts';
import { type Outcome, run } from '../gcloud/run.ts';
import { shellScript } from '../gcloud/shell.ts';
import { stepNamed } from '../gcloud/step.ts';
import { createTools } from '../gcloud/tools.ts';
import { mayMigrate } from './migrate/check.ts';
import { migrationPlan, RETIRE } from './migrate/plan.ts';
import { readMigration } from './migrate/settings.ts';
import { wayBack } from './migrate/way-back.ts';
import { plan } from './plan.ts';
import { readDeploySettings } from './settings/deploy-settings.ts';
import { sourceDigests } from './source-digest.ts';
import { unusedNotes } from './unused-variables.ts';

const USAGE = `npm run deploy -- [OPTION ...]
  --settings FILE          settings, default .env; variables of the environment win
  --only STEP              this step alone
  --dry-run                prints the commands as a bash script and runs nothing
  --migrate                over Google's reference, which runs: keeps its topics, Redis, names and address
  --plan json              prints the plan and runs nothing
  --skip-permission-check  does not ask first whether your account may do it all`;

await runCommand('deploy', async () => {
  const { values } = parseArgs({
    options: {
      settings: { type: 'string' },
      only: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      plan: { type: 'string' },
      migrate: { type: 'boolean', default: false },
      'skip-permission-check': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.plan !== undefined && values.plan !== 'json') throw new Error('--plan takes json');
  const { only } = values;
  const isPrinted = values.plan !== undefined || values['dry-run'];
  const given = readSettingsEnv(values.settings);
  const migration = values.migrate ? readMigration(given) : undefined;
  const env = migration?.env ?? given;
  const settings = readDeploySettings(env);
  const deployment = plan(settings, sourceDigests(ROOT));
  const whole =
    migration === undefined
      ? deployment
      : migrationPlan(deployment, settings, migration.reference, { retires: isPrinted || only === RETIRE });
  const shown = only === undefined ? whole : { ...whole, steps: [stepNamed(whole, only)] };
  if (isPrinted) {
    process.stdout.write(values['dry-run'] ? shellScript(shown) : `${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  }
  for (const note of [...unusedNotes(env), ...(migration?.notes ?? [])]) console.log(`note: ${note}`);
  const tools = createTools(ROOT, interruption());
  if (migration && !(await mayMigrate(settings, migration.reference, tools, only === RETIRE))) return 1;
  if (!values['skip-permission-check']) {
    if (!(await isPermitted(permissionsOf(shown), settings, tools, process.env))) return 1;
  }
  const progress = {
    step: (step: { key: string; title: string }, number: number, total: number) =>
      console.log(`[${number}/${total}] ${step.key}: ${step.title}`),
    preview: (text: string) => console.log(text.replace(/^/gm, '      ')),
    task: (title: string, result: string) =>
      console.log(`      ${result === 'changed' ? 'made ' : 'there'} ${title}`),
  };
  const outcome = await run(whole, tools, progress, only);
  const code = report(outcome);
  if (migration && code === 0) console.log(wayBack(settings, migration.reference));
  return code;
});

function report(outcome: Outcome): number {
  if (outcome.state === 'done') {
    console.log(`done: ${outcome.changed} made, ${outcome.unchanged} were there`);
    return 0;
  }
  console.error(`${outcome.step}: ${outcome.message}`);
  return outcome.state === 'interrupted' ? INTERRUPTED : 1;
}
