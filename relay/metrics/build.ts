import { readFile } from 'node:fs/promises';

/** Which build runs, on what. */
export interface Build {
  /** The project's version, or `unknown`. */
  version: string;
  /** Node's version, such as `v24.21.0`. */
  node: string;
}

/** @param manifest path of the package.json that the build has put beside the bundle. */
export async function readBuild(manifest: string): Promise<Build> {
  return { version: await versionIn(manifest).catch(() => 'unknown'), node: process.version };
}

async function versionIn(manifest: string): Promise<string> {
  const { version }: { version?: unknown } = JSON.parse(await readFile(manifest, 'utf8'));
  return typeof version === 'string' ? version : 'unknown';
}
