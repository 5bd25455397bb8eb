// Runs the deployment with the real gcloud on a stand-in for Google's APIs.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createExec } from '../../../scripts/deploy/exec.ts';
import { plan } from '../../../scripts/deploy/plan.ts';
import { type Outcome, run } from '../../../scripts/deploy/run.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings.ts';
import { EVENT_KINDS } from '../../../shared/event.ts';
import type { FakeGcp } from '../../helpers/fake-gcp/server.ts';

export const PROJECT = 'demo-proj';
export const SECRET_KEY = 'ab'.repeat(32);

/** A folder like the repository's root after a build, as far as gcloud looks at it. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'deploy-'));
  for (const folder of ['dist/relay', ...EVENT_KINDS.map((kind) => `dist/functions/${kind}`)]) {
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'package.json'), '{"name":"x","main":"index.mjs"}');
    writeFileSync(join(root, folder, 'index.mjs'), '');
  }
  return root;
}

export interface Deployment {
  outcome: Outcome;
  changed: string[];
  /** Every command line, without what went to its standard input. */
  calls: string[];
}

export async function deploy(
  fake: FakeGcp,
  root: string,
  env: Record<string, string> = {},
  digests: Record<string, string> = {},
  /** Runs these steps alone: the fake does not ask for what they need. */
  steps?: readonly string[],
): Promise<Deployment> {
  const changed: string[] = [];
  const calls: string[] = [];
  const exec = createExec(root, 120_000, fake.env(join(root, 'gcloud'), PROJECT));
  const whole = plan(readDeploySettings({ GCP_PROJECT_ID: PROJECT, ...env }), digests);
  const outcome = await run(
    { ...whole, steps: whole.steps.filter(({ key }) => steps?.includes(key) ?? true) },
    {
      exec: (argv, options) => {
        calls.push(argv.join(' '));
        return exec(argv, options);
      },
      sleep: async () => {},
      randomHex: () => SECRET_KEY,
      signal: new AbortController().signal,
    },
    {
      step: () => {},
      task: (title, result) => {
        if (result === 'changed') changed.push(title);
      },
    },
  );
  return { outcome, changed, calls };
}
