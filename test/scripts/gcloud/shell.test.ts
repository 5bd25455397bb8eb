// Everything in the repository that is shell, and the shell that it prints.
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canUseApt, installWithApt } from '../../../scripts/local/apt.ts';
import { findExecutable } from '../../../scripts/local/executable.ts';
import { ROOT } from '../../docs/markdown.ts';

const PRINTED = 'test/scripts/deploy/dry-run.snapshot.txt';

test.before(async () => {
  if (findExecutable('shellcheck', process.env.PATH) === undefined && canUseApt())
    await installWithApt({ program: 'shellcheck', package: 'shellcheck' });
});

/** Files that name a shell in their first line, whatever they are called. */
function scripts(): string[] {
  return globSync(['**/*', '.ci/*'], {
    cwd: ROOT,
    withFileTypes: true,
    exclude: ({ name }) => ['node_modules', 'dist', '.git'].includes(name),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /^#!.*\b(?:ba|da)?sh\b/.test(readFileSync(file, 'latin1').slice(0, 80)))
    .map((file) => relative(ROOT, file));
}

test('shellcheck has nothing to say', () => {
  const found = scripts();
  assert.ok(found.includes('.ci/run'));
  const check = (...args: string[]) => {
    const { error, stdout } = spawnSync('shellcheck', ['--format=gcc', ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (error) throw new Error('shellcheck is not there: apt-get install shellcheck', { cause: error });
    return stdout;
  };
  assert.is(check(...found), '');
  assert.is(check('--shell=bash', PRINTED), '');
});

test('bash can read each', () => {
  for (const file of [...scripts(), PRINTED]) execFileSync('bash', ['-n', file], { cwd: ROOT });
});

test.run();
