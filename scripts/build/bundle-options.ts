// How everything that is deployed is bundled. The bench bundles its floors the same way, or it would measure bundling.
import type { BuildOptions } from 'esbuild';

/** Node modules inside an ES module bundle still call `require` for built-ins. The names are long on purpose: short
 * ones collide with those that minification gives. */
const REQUIRE_BANNER = `import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);`;

/** An older Node ends inside a dependency, with an error that names no version. */
const NODE_BANNER =
  "if (Number(process.versions.node.split('.')[0]) < 22) { " +
  "console.error('needs Node 22 or newer, and this is Node ' + process.versions.node); process.exit(1); }";

export const bundleOptions = {
  bundle: true,
  platform: 'node',
  // A second copy inside the bundle would hide the function from the framework that runs it.
  external: ['@google-cloud/functions-framework'],
  target: 'node22',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  // Identifiers stay as they are, because names of errors and functions appear in logs. Shortened ones with `keepNames`
  // would be smaller files, but then every closure is given its name when it is made: that was a sixth of what a
  // desktop occupies in the relay's memory.
  legalComments: 'none',
  banner: { js: `${REQUIRE_BANNER}\n${NODE_BANNER}` },
} satisfies BuildOptions;
