import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when the condition holds; throws when it still does not after `limitMs`. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 5_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`the condition did not hold within ${limitMs} ms`);
    await sleep(10);
  }
}
