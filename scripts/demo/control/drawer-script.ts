import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The script of the drawer, which the build made.
 *
 * @throws {Error} that says what to run, where it is missing.
 */
export async function drawerScript(directory: string): Promise<Buffer> {
  const file = join(directory, 'drawer.js');
  return readFile(file).catch((cause: unknown) => {
    throw new Error(`${file} is missing: run npm run build`, { cause });
  });
}
