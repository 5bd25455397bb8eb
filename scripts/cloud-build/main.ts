// The last step of a build: deploys with the settings of a push or of a pull request, or removes a pull request's
// deployment.
import { spawnSync } from 'node:child_process';
import { command, EXIT, runCommand } from '../cli/command.ts';
import { ROOT } from '../cli/root.ts';
import { buildSettings, previewSettings } from './settings.ts';

const declared = command(
  'cloud-build',
  'Deploys what a build has checked. Further options go to npm run deploy, or to npm run teardown.',
  'node scripts/cloud-build/main.ts',
)
  .option(
    '--teardown',
    'removes what the pull request PULL_REQUEST made in PREVIEW_PROJECT, without asking; what pull requests share stays',
  )
  .allowUnknownOption()
  .allowExcessArguments();

await runCommand(declared, async ({ teardown = false }) => {
  const argv = teardown
    ? ['scripts/operate/teardown/main.ts', ...declared.args, '--data', '--yes']
    : ['scripts/deploy/main.ts', '--yes', ...declared.args];
  const { status } = spawnSync(process.execPath, [...argv, '--settings', '/dev/null'], {
    cwd: ROOT,
    env: teardown ? previewSettings(process.env) : buildSettings(process.env),
    stdio: 'inherit',
  });
  return status ?? EXIT.failed;
});
