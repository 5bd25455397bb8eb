import { setTimeout as sleep } from 'node:timers/promises';

/** Only a failing test waits so long: no test is about how fast the machine is. */
const LIMIT_MS = 30_000;

/** Resolves when the condition holds; throws when it still does not after `limitMs`, with the name of what it waits for. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs = LIMIT_MS,
  what = 'the condition holds',
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited ${limitMs} ms in vain until ${what}`);
    await sleep(10);
  }
}
