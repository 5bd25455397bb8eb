// The files of the project and what they import.
import { globSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { isStringLiteral, type Node, traverseFast } from '@babel/types';
import { ROOT } from '../docs/markdown.ts';
import { parseSource, sourceOf } from '../helpers/syntax.ts';

/** Every source file of these folders, by its path from the root. */
export function sourceFiles(...folders: string[]): string[] {
  return folders
    .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,mjs}`, { cwd: ROOT }))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
}

/** The files of the project that a file imports or exports from, statically or dynamically, types included. */
export function importsOf(file: string, text?: string): string[] {
  const { program } = text === undefined ? sourceOf(file) : parseSource(text);
  const specifiers: string[] = [];
  traverseFast(program, (node) => {
    const specifier = specifierOf(node);
    if (specifier?.startsWith('.')) specifiers.push(specifier);
  });
  return specifiers.map((specifier) => posix.join(dirname(file), specifier));
}

function specifierOf(node: Node): string | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
    case 'ImportExpression':
    case 'TSImportType':
      return isStringLiteral(node.source) ? node.source.value : undefined;
    default:
      return undefined;
  }
}

export function linesOf(file: string): number {
  return sourceOf(file).text.split('\n').length - 1;
}
