// Help and exit codes of `npm run build`, `check` and `test`, which have no command line of their own.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plainAnswer } from '../../scripts/plain-help.mjs';
import { TASKS } from '../../scripts/tasks.mjs';
import { ROOT } from '../docs/markdown.ts';

const answer = (task: string, ...args: string[]) => plainAnswer(task, TASKS[task] ?? { commands: [] }, args);

for (const task of ['build', 'check', 'test']) {
  test(`${task} shows the same help for --help and -h, and knows no other option`, () => {
    assert.equal(answer(task, '-h'), answer(task, '--help'));
    assert.is(answer(task, '-h')?.code, 0);
    assert.match(answer(task, '-h')?.text ?? '', /^Usage: npm (?:run )?\w+ -- \[options\]/);
    const wrong = answer(task, '--no-such-option');
    assert.is(wrong?.code, 2);
    assert.match(wrong?.text ?? '', /^error: unknown option '--no-such-option'\n\nUsage: npm /);
    assert.is(answer(task), undefined);
  });
}

test('options and paths of npm test pass, an option without its value does not', () => {
  assert.is(answer('test', '--long', 'relay', '--file-limit=9', '--root', 'x'), undefined);
  assert.match(answer('test', '--root')?.text ?? '', "option '--root' argument missing");
  assert.match(answer('check', 'relay')?.text ?? '', "unexpected argument 'relay'");
});

test('npm run starts nothing for a task that it does not know, and exits with 2', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'deplyo'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  assert.is(status, 2);
  assert.match(stderr, 'unknown task "deplyo": use one of build, check, test');
});

test.run();
