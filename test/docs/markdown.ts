import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Every page of the project. */
export const pages = globSync('**/*.md', {
  cwd: ROOT,
  exclude: (path) => ['node_modules', 'dist', '.git'].includes(path),
}).sort();

export function readDoc(path: string): string {
  return readFileSync(`${ROOT}${path}`, 'utf8');
}

/** The cells of every row of the tables whose first column has this head, with the marks of code taken off. */
export function rowsUnder(text: string, head: string): string[][] {
  const rows: string[][] = [];
  let isInside = false;
  for (const line of text.split('\n')) {
    if (!line.startsWith('|')) {
      isInside = false;
      continue;
    }
    const cells = line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim());
    if (isInside && !/^-+$/.test(cells[0] ?? '')) rows.push(cells.map(withoutMarks));
    if (cells[0] === head) isInside = true;
  }
  return rows;
}

/** The first cell of each of those rows. */
export function firstCells(text: string, head: string): string[] {
  return rowsUnder(text, head).map(([cell = '']) => cell);
}

function withoutMarks(cell: string): string {
  return /^`[^`]*`$/.test(cell) ? cell.slice(1, -1) : cell;
}

/** Every piece of inline code, fenced blocks left out. */
export function codeSpans(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '');
}

const FOLDERS = ['bench', 'docs', 'functions', 'relay', 'scripts', 'shared', 'test'];

/** Whether a piece of code on a page is a file or a folder of the project, with or without a command before it. */
export function isPath(code: string): boolean {
  return /^[\w./-]+$/.test(code) && FOLDERS.some((folder) => code.startsWith(`${folder}/`));
}

/** The paths of the project that a text names in code. */
export function pathsIn(text: string): string[] {
  return codeSpans(text)
    .flatMap((code) => code.split(/\s+/))
    .filter(isPath);
}

/** The targets of all links. */
export function links(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
}

/** The anchors that a page's headings have, as GitHub makes them. */
export function anchors(text: string): string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function withoutBlocks(text: string): string {
  return text.replace(/^```[\s\S]*?^```/gm, '');
}
