// How the client is bundled, for the build and for the tests. Its types: relay/client/tsconfig.json.
import type { BuildOptions } from 'esbuild';

/** One ES module for browsers of 2022 and later, and for Node. */
export const clientBundle = {
  entryPoints: ['relay/client/index.ts'],
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  minify: true,
  legalComments: 'none',
} satisfies BuildOptions;
