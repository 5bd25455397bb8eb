import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../cli/usage-error.ts';
import { htmlReport } from './html/page.ts';
import type { LoadReport } from './report.ts';

export interface ReportFiles {
  json: string;
  html: string;
  /** @throws {Error} when a file cannot be written, or is there by now. */
  write(report: LoadReport): void;
}

/**
 * Where the reports of a run go.
 *
 * @param name of both files, without an extension.
 * @throws {UsageError} when a file of that name exists, or its folder takes no files: before a run, not after it.
 */
export function reportFiles(name: string | undefined, now: Date): ReportFiles {
  const base = resolve(
    name || `load-report-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`,
  );
  const [json, html] = [`${base}.json`, `${base}.html`];
  const fault = folderFault(dirname(base));
  if (fault !== undefined) throw new UsageError(`--report: ${fault}`);
  const taken = [json, html].find((file) => existsSync(file));
  if (taken !== undefined) throw new UsageError(`--report: ${taken} exists: give another name`);
  return {
    json,
    html,
    write(report) {
      writeFileSync(json, `${JSON.stringify(report, null, 2)}\n`, { flag: 'wx' });
      writeFileSync(html, htmlReport(report), { flag: 'wx' });
    },
  };
}

function folderFault(folder: string): string | undefined {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return `there is no folder ${folder}`;
  try {
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch {
    return `the folder ${folder} cannot be written to`;
  }
}
