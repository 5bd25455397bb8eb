// The syntax of the project's own TypeScript, for tests that hold other files to what the code says.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import type { Program } from '@babel/types';
import { ROOT } from '../docs/markdown.ts';

export interface Source {
  text: string;
  /** `start` and `end` of its nodes are offsets into `text`. */
  program: Program;
}

const read = new Map<string, Source>();

/** Reads and parses a file once, by its path from the root. Throws what is not TypeScript. */
export function sourceOf(file: string): Source {
  let source = read.get(file);
  if (source === undefined) {
    source = parseSource(readFileSync(join(ROOT, file), 'utf8'), file.endsWith('.tsx'));
    read.set(file, source);
  }
  return source;
}

export function parseSource(text: string, isJsx = false): Source {
  const plugins = ['typescript' as const, ...(isJsx ? ['jsx' as const] : [])];
  const { program } = parse(text, { sourceType: 'module', plugins });
  return { text, program };
}
