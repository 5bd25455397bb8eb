// Runs a command of the project on a stand-in for Google Cloud, with the real gcloud.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ROOT } from '../docs/markdown.ts';
import { type FakeGcp, startFakeGcp } from '../helpers/fake-gcp/server.ts';

export const PROJECT = 'demo-proj';

export interface Ended {
  code: number | null;
  output: string;
}

/** @param isNew whether the project has no API yet. */
export async function withProject(
  then: (
    go: (script: string, args: string[], input?: string) => Promise<Ended>,
    fake: FakeGcp,
  ) => Promise<void>,
  isNew = false,
): Promise<void> {
  const fake = await startFakeGcp({ isNew });
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  const go = (script: string, args: string[], input = '') =>
    new Promise<Ended>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [`scripts/${script}/main.ts`, '--settings', '/dev/null', ...args],
        {
          cwd: ROOT,
          env: { ...fake.env(folder, PROJECT), GCP_PROJECT_ID: PROJECT },
        },
      );
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
      child.stdin.end(input);
    });
  try {
    await then(go, fake);
    assert.equal(fake.astray, []);
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true });
  }
}
