// `npm run build-client`: packages/client/dist/, the package of the browser client. `npm pack ./packages/client` runs it.
import { execFile } from 'node:child_process';
import { copyFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { clientBundle } from './relay/client/bundle.ts';

const FOLDER = 'packages/client/dist';

await rm(FOLDER, { recursive: true, force: true });
// Silent: `npm pack` prints what it makes to the same output.
await build({ ...clientBundle, outfile: `${FOLDER}/client.js`, logLevel: 'error' });
const tsc = 'node_modules/typescript/bin/tsc';
await promisify(execFile)(process.execPath, [tsc, '--project', 'relay/client']);
await copyFile('LICENSE', `${FOLDER}/LICENSE`);
