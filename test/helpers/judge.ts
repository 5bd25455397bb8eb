/** What is known of a test file's process once it has ended. */
export interface FileRun {
  /** Exit code, `null` when a signal ended the process. */
  code: number | null;
  timedOut: boolean;
  limitMs: number;
  /** Standard output and error, in order of arrival. */
  output: string;
}

export interface Verdict {
  passed: number;
  failed: number;
  skipped: number;
  /** Why the file failed, one sentence each. */
  notes: string[];
  /** Reasons that the file printed for the tests it skipped. */
  reasons: string[];
  /** What the file wants to be seen also when it passes: its lines that start with `# `. */
  remarks: string[];
}

/** Counts a file's tests from uvu's summary and from how the process ended; anything unclear is a failure. */
export function judge({ code, timedOut, limitMs, output }: FileRun): Verdict {
  const total = lastCount(output, 'Total');
  const passed = lastCount(output, 'Passed') ?? 0;
  const skipped = lastCount(output, 'Skipped') ?? 0;
  const reasons = [...output.matchAll(/^skipped: (.+)$/gm)].map((match) => match[1] ?? '');
  const notes: string[] = [];

  if (timedOut)
    notes.push(`still running after ${limitMs} ms: a test hangs or leaves a server or timer open`);
  if (total === undefined) {
    if (!timedOut) notes.push('ended without a summary: it has no .run(), or a test never settles');
  } else if (total + skipped === 0) {
    notes.push('holds no test');
  } else if (passed !== total) {
    notes.push(`${passed} of ${total} tests passed (a failing hook hides the rest)`);
  }
  if (code !== 0 && notes.length === 0) notes.push(`exited with code ${code}`);
  if (skipped > 0 && reasons.length === 0)
    notes.push('skips a test, or marks one .only, without printing "skipped: REASON"');

  const failed = notes.length === 0 ? 0 : Math.max(1, (total ?? 0) - passed);
  const remarks = [...output.matchAll(/^# (.*)$/gm)].map((match) => match[1] ?? '');
  return { passed, failed, skipped, notes, reasons, remarks };
}

function lastCount(output: string, label: string): number | undefined {
  const counts = [...output.matchAll(new RegExp(`^ {2}${label}:\\s+(\\d+)$`, 'gm'))];
  const last = counts.at(-1)?.[1];
  return last === undefined ? undefined : Number(last);
}
