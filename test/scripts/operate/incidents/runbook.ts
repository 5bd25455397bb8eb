// The table of incidents in docs/incidents.md: what a test takes from it, and what it says of an answer.
import { spawn } from 'node:child_process';
import * as assert from 'uvu/assert';
import { ROOT, readDoc, rowsUnder } from '../../../docs/markdown.ts';
import { ADMIN_TOKEN } from '../../../relay/admin/admin-requests.ts';

export interface RunbookRow {
  incident: string;
  /** A line of a shell. */
  command: string;
  /** One line of what the command prints. */
  prints: string;
  remedy: string;
}

export interface Ended {
  code: number | null;
  output: string;
}

const HEAD = 'incident, as played';
/** What stands for something of the moment. */
const PLACEHOLDERS = /\b(ADDRESS|KIND|TOPIC|COUNT|TIME|NAME|ORIGIN|ROUTE)\b/g;
const LIMIT_MS = 60_000;

export function runbookRows(page = 'docs/incidents.md', head = HEAD): RunbookRow[] {
  return rowsUnder(readDoc(page), head).map(([incident = '', , command = '', prints = '', remedy = '']) => ({
    incident,
    command,
    prints,
    remedy,
  }));
}

/** @throws {Error} when the runbook has no such row. */
export function runbookRow(incident: string): RunbookRow {
  const row = runbookRows().find((each) => each.incident === incident);
  if (row === undefined) throw new Error(`the runbook has no incident "${incident}"`);
  return row;
}

/** Runs a command as it is printed, with its variables set. */
export function runPrinted(
  command: string,
  variables: Readonly<Record<'CONVERSATION' | 'RELAY', string>> & Readonly<Record<string, string>>,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        npm_config_update_notifier: 'false',
        ADMIN_TOKEN,
        ...variables,
      },
      timeout: LIMIT_MS,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** The output has the line of the runbook, the remedy below it, and names that remedy first. */
export function assertNamed({ prints, remedy }: RunbookRow, { output }: Ended): void {
  const lines = output.trimEnd().split('\n');
  const found = lines.findIndex((line) => patternOf(prints).test(line));
  assert.ok(found >= 0, `not printed: ${prints}\n${output}`);
  assert.match(lines[found + 1] ?? '', new RegExp(`^ {6}-> ${sourceOf(remedy)}$`), output);
  assert.match(lines.at(-1) ?? '', new RegExp(` First: ${sourceOf(remedy)}$`), output);
}

const patternOf = (line: string) => new RegExp(`^${sourceOf(line)}$`);

function sourceOf(text: string): string {
  const plain = text.replaceAll('`', '');
  return plain.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&').replace(PLACEHOLDERS, '.+');
}
