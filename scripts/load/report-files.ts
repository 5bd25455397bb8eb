import { existsSync, writeFileSync } from 'node:fs';
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
 * @throws {UsageError} when a file of that name exists, or its folder does not: before a run, not after it.
 */
export function reportFiles(name: string | undefined, now: Date): ReportFiles {
  const base = resolve(
    name ?? `load-report-${now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')}`,
  );
  const [json, html] = [`${base}.json`, `${base}.html`];
  if (!existsSync(dirname(base))) throw new UsageError(`--report: there is no folder ${dirname(base)}`);
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
