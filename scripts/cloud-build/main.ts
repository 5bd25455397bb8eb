// The last step of cloudbuild.yaml: `npm run deploy` with the settings of a push or of a pull request.
import { spawnSync } from 'node:child_process';
import { ROOT, runCommand } from '../command.ts';
import { buildSettings } from './settings.ts';

await runCommand('cloud-build', async () => {
  const env = buildSettings(process.env);
  const argv = ['scripts/deploy/main.ts', '--settings', '/dev/null', ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, argv, { cwd: ROOT, env, stdio: 'inherit' });
  return status ?? 1;
});
