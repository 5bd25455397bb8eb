// What the source says in literals, so that a page can be held to it: no second list that somebody would have to keep.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './markdown.ts';

const files = globSync('{relay,functions,shared}/**/*.ts', { cwd: ROOT }).sort();
const sources = new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));

/**
 * The arguments of every call of a function, or of every construction of a class, in the order of the source. What is a
 * literal, or a constant of one, comes as its value; what only a run could tell, as an empty text, unless it is one of
 * the `known` values by its name.
 */
export function callsOf(name: string, known: Readonly<Record<string, string>> = {}): string[][] {
  const calls: string[][] = [];
  const opening = new RegExp(`(?<![\\w.]|function )${name}\\(`, 'g');
  for (const source of sources.values()) {
    for (const match of source.matchAll(opening))
      calls.push(
        argumentsAt(source, match.index + match[0].length).map((text) => literal(text, source, known)),
      );
  }
  return calls;
}

/** The text between two marks of a file of the source. */
export function between(file: string, start: string, end: string): string {
  const [, behind] = sources.get(file)?.split(start) ?? [];
  if (behind === undefined) throw new Error(`${file} has no ${start}`);
  return behind.split(end)[0] ?? '';
}

/** A string literal, or a character of code. */
const PIECE = /'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\]|\\.)*"|[\s\S]/y;

/** The arguments of a call whose bracket has just been opened. */
function argumentsAt(source: string, start: number): string[] {
  const found = [''];
  PIECE.lastIndex = start;
  for (let depth = 0; ; ) {
    const [piece = ''] = PIECE.exec(source) ?? [];
    if (piece === '' || (depth === 0 && piece === ')')) break;
    if ('([{'.includes(piece)) depth++;
    if (')]}'.includes(piece)) depth--;
    if (depth === 0 && piece === ',') found.push('');
    else found[found.length - 1] += piece;
  }
  return found.map((text) => text.trim()).filter((text) => text !== '');
}

function literal(text: string, source: string, known: Readonly<Record<string, string>> = {}): string {
  const [, inside] = /^(?:'(.*)'|"(.*)"|`(.*)`)$/s.exec(text)?.filter((part) => part !== undefined) ?? [];
  if (inside !== undefined)
    return inside.replace(/\$\{(\w+)\}/g, (_, name: string) => known[name] ?? constant(name, source) ?? '');
  if (/^(?:\d+|true|false)$/.test(text)) return text;
  return constant(text, source) ?? '';
}

/** The value of a constant, one of the same file or one that another exports. */
function constant(name: string, source: string): string | undefined {
  if (!/^\w+$/.test(name)) return undefined;
  const own = new RegExp(`^ *(?:export )?const ${name} = (['\`].*['\`]|[\\d_]+);$`, 'm').exec(source);
  const exported = new RegExp(`^export const ${name} = (['\`].*['\`]|[\\d_]+);$`, 'm');
  const [, value] = own ?? [...sources.values()].map((other) => exported.exec(other)).find(Boolean) ?? [];
  return value === undefined ? undefined : literal(value, source);
}
