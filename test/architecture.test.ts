// The layers: what each folder may import, that the linter holds it too, and that the core stays small.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { importsOf, linesOf, sourceFiles } from './architecture/imports.ts';
import { allowedOf, CORE_LINES_MAX, LAYERS, layerOf } from './architecture/layers.ts';
import { lintOverrides } from './architecture/lint-rules.ts';
import { ROOT } from './docs/markdown.ts';

const FILES = sourceFiles('shared', 'functions', 'relay', 'scripts', 'bench');
const BIOME = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');

/** The imports of a file that its layer may not have, as lines to read. */
function forbidden(file: string, text?: string): string[] {
  const layer = layerOf(file);
  if (layer === undefined) return [];
  const allowed = allowedOf(layer);
  return importsOf(file, text)
    .filter((target) => FILES.includes(target) && !allowed.includes(layerOf(target) ?? ''))
    .map((target) => `${file} (${layer}) imports ${target} (${layerOf(target) ?? 'no layer'})`);
}

/** The first cycle of imports that a search finds, types included. */
function findCycle(files: readonly string[], read = importsOf): string[] | undefined {
  const finished = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): string[] | undefined => {
    if (finished.has(file)) return undefined;
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    path.push(file);
    for (const target of read(file)) {
      const cycle = FILES.includes(target) || files.includes(target) ? visit(target) : undefined;
      if (cycle) return cycle;
    }
    path.pop();
    finished.add(file);
    return undefined;
  };
  for (const file of files) {
    const cycle = visit(file);
    if (cycle) return cycle;
  }
  return undefined;
}

test('every layer imports only layers above it in the table', () => {
  const seen = new Set<string>();
  for (const [name, { imports }] of Object.entries(LAYERS)) {
    for (const target of imports) assert.ok(seen.has(target), `${name} imports ${target}`);
    seen.add(name);
  }
});

test('every file of the project belongs to a layer, and every layer has files', () => {
  assert.equal(
    FILES.filter((file) => layerOf(file) === undefined),
    [],
  );
  const used = new Set(FILES.map(layerOf));
  assert.equal(
    Object.keys(LAYERS).filter((name) => !used.has(name)),
    [],
  );
});

test('no file imports a layer that its own may not import', () => {
  assert.ok(FILES.length > 250);
  assert.equal(
    FILES.flatMap((file) => forbidden(file)),
    [],
  );
});

test('an import that runs up is found, of a value and of a type', () => {
  const hub = 'relay/delivery/hub.ts';
  assert.is(forbidden(hub, "import type { AccessPolicy } from '../access/access-policy.ts';").length, 1);
  assert.is(forbidden(hub, "export { LIMITS } from '../limits.ts';").length, 1);
  assert.is(forbidden(hub, "const late = await import('../http/server.ts');").length, 1);
  assert.is(forbidden(hub, "type Policy = typeof import('../access/access-policy.ts');").length, 1);
  assert.is(forbidden(hub, "import { isCluster } from '../../shared/redis.ts';").length, 0);
});

test('an import in a comment or in a text does not count', () => {
  const hub = 'relay/delivery/hub.ts';
  const line = "import { LIMITS } from '../limits.ts';";
  assert.is(forbidden(hub, line).length, 1);
  assert.equal(forbidden(hub, `// ${line}\n/* ${line} */\nconst text = \`${line}\`;`), []);
});

test('every layer uses what the table lets it import', () => {
  const unused = Object.entries(LAYERS).flatMap(([name, { imports }]) => {
    const targets = FILES.filter((file) => layerOf(file) === name).flatMap((file) => importsOf(file));
    const used = new Set(targets.map(layerOf));
    return imports.filter((target) => !used.has(target)).map((target) => `${name}: ${target}`);
  });
  assert.equal(unused, []);
});

test('there is no cycle of imports, and one would be found', () => {
  assert.is(findCycle(FILES), undefined);
  const planted: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] };
  assert.equal(
    findCycle(Object.keys(planted), (file) => planted[file] ?? []),
    ['b', 'c', 'b'],
  );
});

test('the rules of the linter are those of the table', () => {
  const { overrides } = JSON.parse(readFileSync(join(ROOT, 'biome.json'), 'utf8'));
  assert.equal(overrides, lintOverrides(), 'run: node test/architecture/lint-rules.ts');
});

test('the linter finds a planted cycle and a planted import that runs up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  try {
    const plant = (file: string, text: string) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    };
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    const faults = () => {
      const { stdout, stderr } = spawnSync(process.execPath, [BIOME, 'lint', '--reporter=github', '.'], {
        cwd: folder,
        encoding: 'utf8',
      });
      const found = `${stdout}${stderr}`.matchAll(/title=lint\/\w+\/(\w+),file=([^,]+)/g);
      return [...found].map(([, rule, file = '']) => `${rule} ${relative(folder, file)}`).sort();
    };
    plant('relay/access/audit.ts', 'export type Audit = string;\n');
    plant('relay/delivery/hub.ts', 'export type Hub = string;\n');
    assert.equal(faults(), []);

    plant(
      'relay/delivery/room.ts',
      "import type { Audit } from '../access/audit.ts';\n\nexport type Room = Audit;\n",
    );
    plant('relay/session/a.ts', "import type { B } from './b.ts';\n\nexport type A = B;\n");
    plant('relay/session/b.ts', "import type { A } from './a.ts';\n\nexport type B = A | string;\n");
    assert.equal(faults(), [
      'noImportCycles relay/session/a.ts',
      'noImportCycles relay/session/b.ts',
      'noRestrictedImports relay/delivery/room.ts',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test(`the core has at most ${CORE_LINES_MAX} lines`, () => {
  const core = FILES.filter((file) => LAYERS[layerOf(file) ?? '']?.isCore);
  const lines = core.reduce((sum, file) => sum + linesOf(file), 0);
  assert.ok(lines > 3_000);
  assert.ok(lines <= CORE_LINES_MAX, `${lines} lines`);
});

test.run();
