// How everything that is deployed is bundled. The bench bundles its floors the same way, or it would measure bundling.
import type { BuildOptions } from 'esbuild';

/** Node modules inside an ES module bundle still call `require` for built-ins. The names are long on purpose: short
 * ones collide with those that minification gives. */
const REQUIRE_BANNER = `import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);`;

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  minify: true,
  keepNames: true, // error names and class names appear in logs
  legalComments: 'none',
  banner: { js: REQUIRE_BANNER },
} satisfies BuildOptions;
