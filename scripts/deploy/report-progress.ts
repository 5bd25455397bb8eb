import { styleText } from 'node:util';
import type { Progress } from '../gcloud/progress.ts';

/** A change that takes longer says so, again and again: Memorystore takes ten minutes. */
const HEARTBEAT_MS = 15_000;
/** What is done sooner needs no time beside it. */
const WORTH_TELLING_MS = 5_000;

export interface Reporter {
  progress: Omit<Progress, 'mayMake'>;
  /** What differs from the settings and stays so, in sentences. */
  drifts: readonly string[];
  /** Ends the heartbeat. */
  stop(): void;
}

/** Tells each step and task on standard output, with the time that a long one took. */
export function createReporter(
  write: (line: string) => void,
  now: () => number = () => performance.now(),
): Reporter {
  const drifts: string[] = [];
  let startedAt = now();
  let heartbeat: NodeJS.Timeout | undefined;
  const stop = () => clearInterval(heartbeat);
  return {
    drifts,
    stop,
    progress: {
      step: ({ key, title }, number, total) =>
        write(styleText('bold', `[${number}/${total}] ${key}: ${title}`)),
      begin: (title) => {
        stop();
        startedAt = now();
        heartbeat = setInterval(
          () => write(`      still at ${title}, ${durationText(now() - startedAt)} so far`),
          HEARTBEAT_MS,
        ).unref();
      },
      preview: (text) => write(text.replace(/^/gm, '      ')),
      drift: (title, difference) => drifts.push(`${title} ${difference}`),
      task: (title, outcome) => {
        stop();
        const took = now() - startedAt;
        const time = took < WORTH_TELLING_MS ? '' : ` (${durationText(took)})`;
        const mark = outcome === 'changed' ? styleText('green', 'made ') : 'there';
        write(`      ${mark} ${title}${time}`);
      },
    },
  };
}

/** `48 s`, `3 min 5 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
