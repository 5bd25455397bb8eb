// How the page is bundled, for the build and for the tests.
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuildOptions, type BuildResult, build } from 'esbuild';

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

/** The page of the supervisor's wall, which shares no file with the desktop: neither grows with the other. */
export const wallPage = {
  ...desktopPage,
  entryPoints: [
    { in: 'relay/desktop/wall/main.tsx', out: 'supervisor' },
    { in: 'relay/desktop/styles/supervisor.css', out: 'supervisor' },
  ],
} satisfies BuildOptions;

/**
 * The files of the wall beside supervisor.html. The last three are loaded where they are needed: a call that is opened,
 * and French.
 */
export const WALL_FILES = [
  'supervisor.js',
  'supervisor.css',
  'chunk.js',
  'call-pane.js',
  'fr.js',
  'wall-fr.js',
] as const;

/** Bundles both pages into a folder: the wall's files are in its folder `supervisor`. */
export async function buildPages(folder: string, options: BuildOptions): Promise<BuildResult[]> {
  const results = await Promise.all([
    build({ ...desktopPage, ...options, outdir: folder }),
    build({ ...wallPage, ...options, outdir: join(folder, 'supervisor') }),
  ]);
  for (const page of ['index.html', 'supervisor.html'])
    await copyFile(join(options.absWorkingDir ?? '', 'relay/desktop', page), join(folder, page));
  return results;
}
