import { UsageError } from '../cli/usage-error.ts';

/** Beside the desktops: the way to the functions, logs and what Node opens. */
const OTHERS = 256;

/** How many files this process may open; undefined where the system has no such limit. */
export function openFilesLimit(): number | undefined {
  const { report } = process;
  if (report === undefined) return undefined;
  // Without it Node asks for the names of all addresses that the process has connections to.
  Object.assign(report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft?: unknown } } };
  const soft = userLimits?.open_files?.soft;
  return typeof soft === 'number' ? soft : undefined;
}

/**
 * Each agent needs a connection to the relay, and its call one to a function or to Pub/Sub. The relay of a local system
 * inherits the limit.
 *
 * @throws {UsageError} when the limit is lower than what so many agents need.
 */
export function requireOpenFiles(agents: number, limit = openFilesLimit()): void {
  const needed = 2 * agents + OTHERS;
  if (limit === undefined || limit >= needed) return;
  throw new UsageError(
    `--agents ${agents} needs ${needed} open files, and this process may open ${limit}: run ulimit -n ${needed} first, or choose fewer agents`,
  );
}
