// Every file and folder that a page names is there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isPath, pages, pathsIn, ROOT, readDoc } from './markdown.ts';

test('a path in code is told from other code', () => {
  assert.equal(pathsIn('`relay/main.ts`, `node bench/floor/x.ts --a`, `relay/metrics/`'), [
    'relay/main.ts',
    'bench/floor/x.ts',
    'relay/metrics/',
  ]);
  for (const code of ['main.ts', 'projects/PROJECT', '/relay', 'agent-assist-relay-client']) {
    assert.not(isPath(code), code);
  }
});

for (const page of pages) {
  test(`every file and folder that ${page} names is there`, () => {
    const text = readDoc(page);
    const inBlocks = [...text.matchAll(/\bnode ([\w-]+\/[\w./-]+)/g)].map(([, path = '']) => path);
    assert.equal(
      [...pathsIn(text), ...inBlocks].filter((path) => !existsSync(join(ROOT, path))),
      [],
    );
  });
}

test('some page names a file', () => {
  assert.ok(pages.flatMap((page) => pathsIn(readDoc(page))).length > 20);
});

test.run();
