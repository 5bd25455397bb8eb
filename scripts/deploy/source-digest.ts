import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A digest of the names and contents of all files of a folder, the same wherever and whenever it was built. */
export function sourceDigest(folder: string): string {
  const hash = createHash('sha256');
  const files = globSync('**/*', { cwd: folder, exclude: (name) => name === 'node_modules' }).sort();
  for (const file of files) {
    const path = join(folder, file);
    if (statSync(path).isFile()) hash.update(JSON.stringify([file, readFileSync(path, 'base64')]));
  }
  return hash.digest('hex');
}
