// The files of the project and what they import, read with TypeScript's own scanner.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from '../docs/markdown.ts';

/** Every source file of these folders, by its path from the root. */
export function sourceFiles(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,mjs}`, { cwd: ROOT }))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

// Static and dynamic imports and re-exports, types included. A specifier in a comment would count, too, and be found.
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(?\s*)'(\.{1,2}\/[^']+)'/g;

/** The files of the project that a file imports. */
export function importsOf(file: string, text = readFileSync(join(ROOT, file), 'utf8')): string[] {
  return [...text.matchAll(SPECIFIER)].map(([, specifier = '']) => posix.join(dirname(file), specifier));
}

export function linesOf(file: string): number {
  return readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1;
}
