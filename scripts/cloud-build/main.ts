// The last step of a build: deploys with the settings of a push or of a pull request, or takes a pull request's
// deployment away.
import { spawnSync } from 'node:child_process';
import { ROOT, runCommand } from '../cli/command.ts';
import { buildSettings, previewSettings } from './settings.ts';

const USAGE = `node scripts/cloud-build/main.ts [--teardown] [OPTION of npm run deploy, or of npm run teardown ...]
  --teardown   takes away what the pull request PULL_REQUEST made in PREVIEW_PROJECT, without asking; what pull requests
               share stays`;

await runCommand('cloud-build', async () => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--help') {
    console.log(USAGE);
    return 0;
  }
  const isTeardown = first === '--teardown';
  const argv = isTeardown
    ? ['scripts/operate/teardown/main.ts', ...rest, '--data', '--yes']
    : ['scripts/deploy/main.ts', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, [...argv, '--settings', '/dev/null'], {
    cwd: ROOT,
    env: isTeardown ? previewSettings(process.env) : buildSettings(process.env),
    stdio: 'inherit',
  });
  return status ?? 1;
});
