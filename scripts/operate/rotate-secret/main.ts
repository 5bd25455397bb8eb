// `npm run rotate-secret`: a new key that signs the desktops' tokens, while those of the old one stay good.
import { relaySettings } from '../../../relay/config.ts';
import { readConfig } from '../../../shared/config.ts';
import { command, EXIT, runCommand } from '../../cli/command.ts';
import { confirm } from '../../cli/confirm.ts';
import { SETTINGS_HELP } from '../../cli/env-file.ts';
import { interruption } from '../../cli/interruption.ts';
import { ROOT } from '../../cli/root.ts';
import { banner } from '../../deploy/banner.ts';
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { loadSettings } from '../../deploy/settings/load-settings.ts';
import { failed } from '../../gcloud/commands.ts';
import { type FailureKind, failureKind } from '../../gcloud/failure.ts';
import { openProject } from '../../gcloud/open-project.ts';
import { run } from '../../gcloud/run.ts';
import { shellScript } from '../../gcloud/shell.ts';
import { createTools, type Programs } from '../../gcloud/tools.ts';
import { listVersions, rotationPlan } from './plan.ts';
import { restartAdvice } from './restart-advice.ts';
import { type Rotation, readVersions, rotation } from './rotation.ts';

const declared = command(
  'rotate-secret',
  "Adds a new key that signs the desktops' tokens, and retires the old ones when no valid token needs them.",
)
  .option('--settings <file>', SETTINGS_HELP)
  .option(
    '--revoke',
    'the keys have leaked: disables all others at once, and every agent has to register again',
  )
  .option('--dry-run', 'prints the commands and runs none that changes anything')
  .option('--yes', 'does not ask');

/** Beside the tokens' life: relays look for a new key every 30 s, and sign with it after two looks. */
const MARGIN_MS = 5 * 60_000;

const LIST_REMEDIES: Readonly<Partial<Record<FailureKind, string>>> = {
  missing: 'is JWT_SECRET_NAME the one that was deployed? npm run deploy -- --only jwt-secret makes it',
  forbidden: 'your account needs roles/secretmanager.admin',
};

await runCommand(declared, async ({ settings: file, revoke = false, dryRun, yes }) => {
  const { settings, given } = loadSettings(file);
  const tools = createTools(ROOT, interruption());
  const { account } = await openProject(settings, tools, process.env);
  console.error(banner(settings, given, account));
  const versions = readVersions(await list(settings, tools));
  const { jwtLifetimeSeconds } = relaySettings;
  const { lifetime } = readConfig({ lifetime: jwtLifetimeSeconds }, settings.relayEnv);
  const change = rotation(versions, {
    now: Date.now(),
    graceMs: lifetime * 1_000 + MARGIN_MS,
    revoke,
  });
  const newest = Math.max(0, ...versions.map(({ number }) => number));
  const plan = rotationPlan(settings, change, newest);
  const description = describe(settings, change, newest);
  if (dryRun) {
    process.stdout.write(`${description.replace(/^/gm, '# ')}\n${shellScript(plan)}`);
    return EXIT.ok;
  }
  console.log(description);
  if (plan.steps.every(({ tasks }) => tasks.length === 0)) return EXIT.ok;
  if (!yes && !(await confirm('Go on?', tools.signal))) {
    console.log('nothing was changed');
    return tools.signal.aborted ? EXIT.interrupted : EXIT.failed;
  }
  const outcome = await run(plan, tools, {
    step: () => {},
    task: (title) => console.log(`done: ${title}`),
  });
  if (outcome.state !== 'done') {
    console.error(outcome.message);
    return outcome.state === 'interrupted' ? EXIT.interrupted : EXIT.failed;
  }
  if (revoke) console.log(restartAdvice(settings, newest + 1));
  return EXIT.ok;
});

async function list(settings: DeploySettings, { exec, signal }: Programs): Promise<unknown> {
  const argv = listVersions(settings);
  const result = await exec(argv, { signal });
  if (result.code === 0) return JSON.parse(result.stdout);
  const { kind, message } = failed(argv, failureKind(result), result);
  const remedy = LIST_REMEDIES[kind];
  throw new Error(remedy === undefined ? message : `${message}\n-> ${remedy}`);
}

function describe({ projectId, jwtSecret }: DeploySettings, change: Rotation, newest: number): string {
  const lines = [
    change.add
      ? `add version ${newest + 1}; relays sign with it a minute or two later`
      : 'no new key: tokens of the key before the newest may still be valid. If a key has leaked, use --revoke',
    ...change.disable.map((number) => `disable version ${number}: no relay accepts its tokens any more`),
    ...change.destroy.map((number) => `destroy version ${number}: it has been out of use for 30 days`),
  ];
  return `${projectId}, secret ${jwtSecret}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
