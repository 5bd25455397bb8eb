import { readFileSync } from 'node:fs';

/** Whether a process runs. One that has ended and that nobody has waited for (a container without init) does not. */
export function isAlive(pid: number | undefined): boolean {
  try {
    if (pid === undefined || !process.kill(pid, 0)) return false;
  } catch {
    return false;
  }
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    // No /proc on this system, or the process ended between the two looks.
    return process.platform !== 'linux';
  }
}
