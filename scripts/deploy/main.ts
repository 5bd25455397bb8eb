// `npm run deploy`: reads the settings, and prints the plan or carries it out.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '../../shared/errors.ts';
import { command, EXIT, runCommand } from '../cli/command.ts';
import { confirmAtTerminal } from '../cli/confirm.ts';
import { readGivenSettings, SETTINGS_HELP } from '../cli/env-file.ts';
import { interruption } from '../cli/interruption.ts';
import { oneOf } from '../cli/option-values.ts';
import { ROOT } from '../cli/root.ts';
import { UsageError } from '../cli/usage-error.ts';
import { isPermitted } from '../gcloud/check-permissions.ts';
import { openProject } from '../gcloud/open-project.ts';
import { permissionsOf } from '../gcloud/permission-roles.ts';
import { type Outcome, run } from '../gcloud/run.ts';
import { shellScript } from '../gcloud/shell.ts';
import { createTools } from '../gcloud/tools.ts';
import { banner } from './banner.ts';
import { mayMigrate } from './migrate/check.ts';
import { migrationPlan, RETIRE } from './migrate/plan.ts';
import { readMigration } from './migrate/settings.ts';
import { wayBack } from './migrate/way-back.ts';
import { missingThings } from './named-things.ts';
import { plan, STEP_KEYS, withOnly } from './plan.ts';
import { createReporter, durationText } from './report-progress.ts';
import { settingsOf, unknownNotes } from './settings/load-settings.ts';
import { sourceDigests } from './source-digest.ts';
import { lookUpSummary, summary } from './summary.ts';
import { ineffectiveNotes, unusedNotes } from './unused-variables.ts';

const declared = command(
  'deploy',
  'Deploys the relay and the functions. If you run it again, it continues where it stopped.',
)
  .option('--settings <file>', SETTINGS_HELP)
  .option('--only <step>', `this step alone: ${STEP_KEYS.join(', ')}; with --migrate also ${RETIRE}`)
  .option('--yes', 'does not ask before it makes something new')
  .option('--dry-run', 'prints the commands as a bash script and runs nothing')
  .option(
    '--migrate',
    "deploys over Google's running reference and keeps its topics, Redis, names and address",
  )
  .option('--plan <format>', 'prints the plan as json and runs nothing', oneOf('--plan', ['json']))
  .option('--out <file>', 'writes what --dry-run or --plan prints to a file: npm prints lines of its own')
  .option('--skip-permission-check', 'does not check first that your account has all permissions');

await runCommand(declared, async (options) => {
  const { only } = options;
  const isPrinted = options.plan !== undefined || options.dryRun === true;
  if (options.out !== undefined && !isPrinted)
    throw new UsageError('--out goes with --dry-run or --plan json');
  const given = readGivenSettings(options.settings);
  const migration = options.migrate ? readMigration(given.env) : undefined;
  const env = migration?.env ?? given.env;
  const settings = settingsOf(given, env);
  const deployment = plan(settings, sourceDigests(ROOT));
  const whole =
    migration === undefined
      ? deployment
      : migrationPlan(deployment, settings, migration.reference, { retires: isPrinted || only === RETIRE });
  const shown = withOnly(whole, only);
  const notes = [
    ...unknownNotes(given),
    ...unusedNotes(env),
    ...ineffectiveNotes(env),
    ...(migration?.notes ?? []),
  ];
  if (isPrinted) {
    for (const note of notes) console.error(`note: ${note}`);
    console.error(banner(settings, given));
    const text = options.dryRun ? shellScript(shown) : `${JSON.stringify(shown, null, 2)}\n`;
    if (options.out === undefined) process.stdout.write(text);
    else writeOut(options.out, text, given.file);
    return EXIT.ok;
  }
  for (const note of notes) console.log(`note: ${note}`);
  const tools = createTools(ROOT, interruption());
  const startedAt = performance.now();
  const access = await openProject(settings, tools, process.env);
  console.log(banner(settings, given, access.account));
  if (migration && !(await mayMigrate(settings, migration.reference, tools, only === RETIRE)))
    return EXIT.failed;
  if (!options.skipPermissionCheck) {
    if (!(await isPermitted(permissionsOf(shown), settings, access, process.env))) return EXIT.failed;
  }
  const missing = only === undefined ? await missingThings(settings, tools) : [];
  if (tools.signal.aborted) return EXIT.interrupted;
  if (missing.length > 0) throw new ConfigError(missing);
  const reporter = createReporter((line) => console.log(line));
  const mayMake = (title: string) =>
    confirmAtTerminal(
      `This makes ${title} in project ${settings.projectId}, region ${settings.region}, and what is missing after it. Go on?`,
      tools.signal,
    );
  const progress = { ...reporter.progress, ...(options.yes ? {} : { mayMake }) };
  const outcome = await run(whole, tools, progress, only).finally(() => reporter.stop());
  const code = report(outcome, durationText(performance.now() - startedAt));
  if (code === EXIT.ok && only === undefined)
    console.log(summary(settings, await lookUpSummary(settings, whole, tools), reporter.drifts));
  else for (const drift of reporter.drifts) console.log(`warning: ${drift}`);
  if (migration && code === EXIT.ok) console.log(wayBack(settings, migration.reference));
  return code;
});

/** @throws {UsageError} */
function writeOut(file: string, text: string, settingsFile: string): void {
  if (resolve(file) === resolve(settingsFile))
    throw new UsageError(`--out: ${file} is the settings file: name another`);
  try {
    writeFileSync(file, text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UsageError(`--out: ${file} cannot be written (${code})`);
  }
}

function report(outcome: Outcome, time: string): number {
  if (outcome.state === 'done') {
    console.log(`done in ${time}: ${outcome.changed} made, ${outcome.unchanged} were there`);
    return EXIT.ok;
  }
  console.error(`${outcome.step}: ${outcome.message}`);
  return outcome.state === 'interrupted' ? EXIT.interrupted : EXIT.failed;
}
