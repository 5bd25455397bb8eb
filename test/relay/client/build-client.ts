import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BuildResult, build } from 'esbuild';
import { clientBundle } from '../../../relay/client/bundle.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Bundles the client as the build does. */
export function bundleClient(outfile: string): Promise<BuildResult<{ metafile: true }>> {
  return build({ ...clientBundle, absWorkingDir: ROOT, outfile, metafile: true, logLevel: 'error' });
}

/** Runs the compiler in a folder; rejects with what it found wrong. */
export async function runTsc(folder: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [TSC, ...args], { cwd: folder });
    return stdout;
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout, { cause: error });
  }
}
