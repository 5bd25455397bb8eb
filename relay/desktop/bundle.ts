// How the page is bundled, for the build and for the tests.
import type { BuildOptions } from 'esbuild';

/** Components of the page as one script, for browsers of 2022 and later. */
export const desktopBundle = {
  entryPoints: [
    { in: 'relay/desktop/main.tsx', out: 'desktop' },
    { in: 'relay/desktop/styles/desktop.css', out: 'desktop' },
  ],
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
} satisfies BuildOptions;

/** The page: desktop.js, desktop.css, and what only some browsers load. */
export const desktopPage = {
  ...desktopBundle,
  format: 'esm',
  splitting: true,
  chunkNames: '[name]',
} satisfies BuildOptions;

/** The files of the page beside index.html. */
export const DESKTOP_FILES = ['desktop.js', 'fr.js', 'desktop.css'] as const;
