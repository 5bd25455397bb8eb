// `npm run build`: dist/functions/KIND/ and dist/relay/, each a folder that deploys as it is, dist/relay-image/, from which
// `docker build` makes the relay's image, dist/client/, and dist/demo/ for the demo alone.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import packageJson from './package.json' with { type: 'json' };
import packageLock from './package-lock.json' with { type: 'json' };
import { isNewEnough, OLDEST_NODE } from './scripts/node-version.mjs';

if (!isNewEnough(process.versions.node)) {
  console.error(
    `needs Node ${OLDEST_NODE} or newer, and this is Node ${process.versions.node}: npm run build brings its own`,
  );
  process.exit(1);
}
// An older Node would refuse them before the first line above runs.
const { clientBundle } = await import('./relay/client/bundle.ts');
const { buildPages } = await import('./relay/desktop/bundle.ts');
const { bundleOptions } = await import('./scripts/build/bundle-options.ts');
const { lockFileFor } = await import('./scripts/build/lock-file.ts');
const { copyLuaScripts } = await import('./scripts/build/lua-scripts.ts');
const { openTelemetryBundle } = await import('./scripts/build/open-telemetry-bundle.ts');
const { buildRelayImage } = await import('./scripts/build/relay-image.ts');
const { thirdPartyNotices } = await import('./scripts/build/third-party-notices.ts');
const { drawerBundle } = await import('./scripts/demo/drawer/bundle.ts');

const EVENT_KINDS = [
  'human-agent-assistant-event',
  'new-message-event',
  'conversation-lifecycle-event',
  'new-recognition-result-notification-event',
];
const QUIET = process.argv.includes('--quiet');

const bundle = { ...bundleOptions, metafile: true, logLevel: QUIET ? 'error' : 'info' };

await rm('dist', { recursive: true, force: true });
await Promise.all([...EVENT_KINDS.map(buildFunction), buildRelay(), buildClient(), buildDrawer()]);

/** One folder a function. */
async function buildFunction(kind) {
  const folder = join('dist/functions', kind);
  await mkdir(folder, { recursive: true });
  const entryPoints = [join('functions', kind, 'index.ts')];
  const main = await build({ ...bundle, entryPoints, outfile: join(folder, 'index.js') });
  const traces = await build({ ...bundle, ...openTelemetryBundle(folder) });
  // The framework loads packages to find out what kind of module a .js file is, which takes 50 ms of every cold start.
  await writeFile(join(folder, 'index.mjs'), "export * from './index.js';\n");
  await copyLuaScripts('functions', folder);
  await writeNotices(folder, main.metafile, traces.metafile);
  await writePackage(folder, kind, 'index.mjs', {
    '@google-cloud/functions-framework': packageJson.dependencies['@google-cloud/functions-framework'],
  });
}

async function buildRelay() {
  const folder = 'dist/relay';
  await mkdir(folder, { recursive: true });
  const main = await build({ ...bundle, entryPoints: ['relay/main.ts'], outfile: join(folder, 'main.js') });
  const secrets = await buildSecretManager(join(folder, 'secret-manager.cjs'));
  const traces = await build({ ...bundle, ...openTelemetryBundle(folder) });
  await copyLuaScripts('relay', folder);
  await build({ ...clientBundle, outfile: join(folder, 'client.js'), logLevel: bundle.logLevel });
  // The pages, which the relay serves from beside its bundle.
  const pages = await buildPages(join(folder, 'desktop'), { metafile: true, logLevel: bundle.logLevel });
  await writeNotices(folder, ...[main, secrets, traces, ...pages].map((result) => result.metafile));
  await writePackage(folder, 'relay', 'main.js', {}, { start: 'node main.js' });
  // Without it the buildpack runs `npm start`: npm and a shell that end on SIGTERM and do not pass it on, so that the
  // relay would be killed without having drained.
  await writeFile(join(folder, 'Procfile'), 'web: exec node main.js\n');
  await buildRelayImage(folder, 'dist/relay-image');
}

/**
 * Google's client for secrets, which main.js loads when a variable names a secret. CommonJS, because google-gax asks for
 * `__dirname`. Of the API's two versions only the released one is bundled.
 */
async function buildSecretManager(outfile) {
  return build({
    ...bundle,
    format: 'cjs',
    banner: {},
    entryPoints: ['relay/secret-manager/secret-access.ts'],
    outfile,
    alias: { '@google-cloud/secret-manager': '@google-cloud/secret-manager/build/src/v1/index.js' },
  });
}

/** The browser client as a package of its own, for `npm pack`. */
async function buildClient() {
  const folder = 'dist/client';
  await build({ ...clientBundle, outfile: `${folder}/client.js`, logLevel: bundle.logLevel });
  const tsc = 'node_modules/typescript/bin/tsc';
  await promisify(execFile)(process.execPath, [tsc, '--project', 'relay/client']);
  await copyFile('LICENSE', `${folder}/LICENSE`);
  for (const file of ['package.json', 'README.md'])
    await copyFile(`relay/client/${file}`, `${folder}/${file}`);
}

/** The drawer of the demo's page, which the demo itself serves. */
async function buildDrawer() {
  await build({ ...drawerBundle, outdir: 'dist/demo', logLevel: bundle.logLevel });
}

/** The licences of all that the bundles of a folder hold. */
async function writeNotices(folder, ...metafiles) {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs));
  await writeFile(join(folder, 'THIRD_PARTY_NOTICES'), thirdPartyNotices(inputs));
}

/** What Google's buildpacks go by: package.json and, so that they install what was tested, a lock file. */
async function writePackage(folder, name, main, dependencies, scripts) {
  const { version, license } = packageJson;
  // The buildpack runs the newest Node that the range allows: it must be the one that the tests ran on.
  const engines = { node: `${packageJson.devDependencies.node.split('.')[0]}.x` };
  const manifest = {
    name,
    version,
    license,
    private: true,
    type: 'module',
    main,
    engines,
    scripts,
    dependencies,
  };
  const files = { 'package.json': manifest, 'package-lock.json': lockFileFor(manifest, packageLock) };
  for (const [file, content] of Object.entries(files))
    await writeFile(join(folder, file), `${JSON.stringify(content, null, 2)}\n`);
}
