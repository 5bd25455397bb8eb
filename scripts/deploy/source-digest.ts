import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EVENT_KINDS } from '../../shared/event.ts';

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

/** Digests of all folders that are deployed, by their path in the repository. */
export function sourceDigests(root: string): Record<string, string> {
  const folders = ['dist/relay', 'dist/relay-image', ...EVENT_KINDS.map((kind) => `dist/functions/${kind}`)];
  return Object.fromEntries(folders.map((folder) => [folder, sourceDigest(join(root, folder))]));
}
