// The table of tasks against package.json and against what each program declares.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TASKS } from '../../scripts/tasks.mjs';
import { ROOT } from '../docs/markdown.ts';

const run = promisify(execFile);
const PRELOAD = new URL('declared-options.ts', import.meta.url).href;

for (const [task, { commands, options, allowNegative = false, allowPositionals = false }] of Object.entries(
  TASKS,
)) {
  const [program = ''] = commands.at(-1) ?? [];
  if (options === undefined) {
    test(`${task} declares no options, and its program reads none`, () => {
      assert.not.match(readFileSync(join(ROOT, program), 'utf8'), 'parseArgs');
    });
    continue;
  }
  test(`the table has the options of ${program}`, async () => {
    const { stdout } = await run(process.execPath, ['--import', PRELOAD, program, '--help'], { cwd: ROOT });
    assert.equal({ options, allowNegative, allowPositionals }, JSON.parse(stdout));
  });
}

test('every npm script but the formatter starts a task of the table', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const tasks = Object.entries(scripts)
    .filter(([name]) => name !== 'format')
    .map(([, line]) => /^node scripts\/run\.mjs ([a-z-]+)/.exec(String(line))?.[1]);
  assert.equal([...new Set(tasks)].sort(), Object.keys(TASKS).sort());
});

test.run();
