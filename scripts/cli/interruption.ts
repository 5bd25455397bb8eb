import { EXIT } from './command.ts';

/**
 * Signals within this time after the first one are copies of it, in milliseconds: of one Ctrl-C the terminal, npm and
 * `scripts/run.mjs` each send one.
 */
const COPIES_MS = 1_000;

/** Aborted by Ctrl-C, by SIGTERM, and when the terminal closes. A later signal ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let copiesUntil = 0;
  const interrupt = () => {
    if (!controller.signal.aborted) copiesUntil = performance.now() + COPIES_MS;
    else if (performance.now() > copiesUntil) process.exit(EXIT.interrupted);
    controller.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  return controller.signal;
}
