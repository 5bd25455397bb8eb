// Every line of npm that a page shows or a command prints starts a task, with options that the task has.
import { globSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TASKS } from '../../scripts/tasks.mjs';
import { ROOT } from './markdown.ts';

const FILES = ['*.md', 'docs/*.md', '.github/**/*.md', 'scripts/**/*.ts'].flatMap((pattern) =>
  globSync(pattern, { cwd: ROOT }),
);

/** `npm run TASK -- WORDS`, to the end of a span, a line or a sentence. */
const LINE = /\bnpm run ([a-z][a-z-]*)(?: -- ([^`'\n,;:)]*))?/g;

test('npm lines on pages and in messages name a task and options that it has', () => {
  const faults: string[] = [];
  let lines = 0;
  for (const file of FILES) {
    for (const [line, name = '', words = ''] of readFileSync(ROOT + file, 'utf8').matchAll(LINE)) {
      lines++;
      const task = TASKS[name];
      const options = [...words.matchAll(/(?<=^| )--([a-z][a-z-]*)/g)].map(([, option = '']) => option);
      const unknown = options.filter((option) => {
        const known = task?.options?.[option] ?? task?.options?.[option.replace(/^no-/, '')];
        return option !== 'help' && known === undefined;
      });
      if (task === undefined && !['format'].includes(name)) faults.push(`${file}: no task ${name}: ${line}`);
      if (unknown.length > 0) faults.push(`${file}: ${line}: no option ${unknown.join(', ')}`);
    }
  }
  assert.equal(faults, []);
  assert.ok(lines > 100, `only ${lines} lines were found`);
});

test.run();
