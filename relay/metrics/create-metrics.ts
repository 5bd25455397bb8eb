import { readFile } from 'node:fs/promises';
import { RelayMetrics } from './metrics.ts';

/**
 * The metrics of a relay that was built.
 *
 * @param manifest path of the package.json that the build has put beside the bundle, with the project's version.
 */
export async function createMetrics(manifest: string): Promise<RelayMetrics> {
  const version = await versionIn(manifest).catch(() => 'unknown');
  return new RelayMetrics({ version, node: process.version });
}

export async function versionIn(manifest: string): Promise<string> {
  const { version }: { version?: unknown } = JSON.parse(await readFile(manifest, 'utf8'));
  return typeof version === 'string' ? version : 'unknown';
}
