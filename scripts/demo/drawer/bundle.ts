// How the drawer is bundled, for the build and for the tests.
import type { BuildOptions } from 'esbuild';

/** One script with its styles as a text, for browsers of 2022 and later. */
export const drawerBundle = {
  entryPoints: [{ in: 'scripts/demo/drawer/main.tsx', out: 'drawer' }],
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.css': 'text' },
  minify: true,
  legalComments: 'none',
} satisfies BuildOptions;
