// Makes Biome's rules of the table of layers. Run it to write them into biome.json: node test/architecture/lint-rules.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from '../docs/markdown.ts';
import { sourceFiles } from './imports.ts';
import { allowedOf, layerOf } from './layers.ts';

interface Override {
  includes: string[];
  linter: { rules: { style: { noRestrictedImports: unknown } } };
}

/** One override for each folder: Biome compares the text of an import, which is relative to the folder. */
export function lintOverrides(): Override[] {
  const files = sourceFiles('shared', 'functions', 'relay', 'scripts', 'bench');
  const folders = [...new Set(files.map((file) => dirname(file)))].sort();
  return folders.flatMap((folder) => {
    const layer = layerOf(folder);
    return layer === undefined ? [] : [overrideFor(folder, layer, folders)];
  });
}

function overrideFor(folder: string, layer: string, folders: readonly string[]): Override {
  const allowed = allowedOf(layer);
  const within = folders.filter((other) => other !== folder && allowed.includes(layerOf(other) ?? ''));
  const message = `${layer} may not import this: see docs/architecture.md and test/architecture/layers.ts`;
  const group = ['../**', './*/**', ...within.map((other) => `!${specifier(folder, other)}/*`)];
  const options = { patterns: [{ group, message }] };
  return {
    includes: [`${folder}/*`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } },
  };
}

/** How a file of one folder names another folder. */
function specifier(from: string, to: string): string {
  const path = posix.relative(from, to);
  return path.startsWith('.') ? path : `./${path}`;
}

if (import.meta.main) {
  const file = join(ROOT, 'biome.json');
  const config = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, `${JSON.stringify({ ...config, overrides: lintOverrides() }, null, 2)}\n`);
}
