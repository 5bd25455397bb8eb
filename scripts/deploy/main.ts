// `npm run deploy`: the only place of the deployment that reads the environment, prints, and sets the exit code.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ConfigError } from '../../shared/errors.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { readEnvFile } from './env-file.ts';
import { createExec } from './exec.ts';
import { plan, stepNamed } from './plan.ts';
import { run } from './run.ts';
import { readDeploySettings } from './settings.ts';
import { shellScript } from './shell.ts';
import { sourceDigest } from './source-digest.ts';
import { unusedNotes } from './unused-variables.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const COMMAND_LIMIT_MS = 30 * 60_000;
const USAGE = `npm run deploy -- [OPTION ...]
  --settings FILE   settings, default .env; variables of the environment win
  --only STEP       this step alone
  --dry-run         prints the commands as a bash script and runs nothing
  --plan json       prints the plan and runs nothing`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(
    error instanceof ConfigError
      ? error.message
      : `deploy: ${error instanceof Error ? error.message : error}`,
  );
  process.exitCode = 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      settings: { type: 'string' },
      only: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      plan: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.plan !== undefined && values.plan !== 'json') throw new Error('--plan takes json');
  const env = readEnvFile(values.settings ?? join(ROOT, '.env'), process.env);
  const whole = plan(readDeploySettings(env), digests());
  const { only } = values;
  if (values.plan !== undefined || values['dry-run']) {
    const shown = only === undefined ? whole : { ...whole, steps: [stepNamed(whole, only)] };
    process.stdout.write(values['dry-run'] ? shellScript(shown) : `${JSON.stringify(shown, null, 2)}\n`);
    return 0;
  }
  for (const note of unusedNotes(env)) console.log(`note: ${note}`);
  const interruption = new AbortController();
  process.once('SIGINT', () => interruption.abort());
  process.once('SIGTERM', () => interruption.abort());
  const outcome = await run(
    whole,
    {
      exec: createExec(ROOT, COMMAND_LIMIT_MS, process.env),
      sleep: (ms) => sleep(ms, undefined, { signal: interruption.signal }).catch(() => {}),
      randomHex: (bytes) => randomBytes(bytes).toString('hex'),
      signal: interruption.signal,
    },
    {
      step: (step, number, total) => console.log(`[${number}/${total}] ${step.key}: ${step.title}`),
      task: (title, result) => console.log(`      ${result === 'changed' ? 'made ' : 'there'} ${title}`),
    },
    only,
  );
  if (outcome.state === 'done') {
    console.log(`done: ${outcome.changed} made, ${outcome.unchanged} were there`);
    return 0;
  }
  console.error(`${outcome.step}: ${outcome.message}`);
  return outcome.state === 'interrupted' ? 130 : 1;
}

function digests(): Record<string, string> {
  const folders = ['dist/relay', ...EVENT_KINDS.map((kind) => `dist/functions/${kind}`)];
  return Object.fromEntries(folders.map((folder) => [folder, sourceDigest(join(ROOT, folder))]));
}
