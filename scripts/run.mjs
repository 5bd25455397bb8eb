#!/usr/bin/env node
// Starts every npm script of this project: installs the locked packages when they are missing or out of date, then
// runs the task on the Node 24 pinned in package.json. It may itself be started by an old Node, so it imports nothing
// but built-in modules and uses no new syntax.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ORPHAN_LOOK_MS = 500;
const OLDEST_NODE = [22, 18]; // the first that runs TypeScript files as they are

const TASKS = {
  build: [['esbuild.config.mjs']],
  check: [
    ['node_modules/typescript/bin/tsc', '--noEmit'],
    ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'],
    ['scripts/build/audit.ts'],
  ],
  test: [['esbuild.config.mjs', '--quiet'], ['test/run.ts']],
  demo: [['esbuild.config.mjs', '--quiet'], ['scripts/demo/demo.ts']],
  deploy: [['esbuild.config.mjs', '--quiet'], ['scripts/deploy/main.ts']],
  doctor: [['esbuild.config.mjs', '--quiet'], ['scripts/operate/doctor/main.ts']],
  teardown: [['scripts/operate/teardown/main.ts']],
  'rotate-secret': [['scripts/operate/rotate-secret/main.ts']],
  'replay-dead-letters': [['scripts/operate/replay-dead-letters/main.ts']],
  costs: [['scripts/operate/costs/main.ts']],
  bench: [['esbuild.config.mjs', '--quiet'], ['bench/run.ts']],
};

let isInterrupted = false;

const [task, ...args] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, task ?? '')) {
  fail(`unknown task "${task ?? ''}": use one of ${Object.keys(TASKS).join(', ')}`);
}
install();
const node = pickNode();
for (const [index, command] of TASKS[task].entries()) {
  const isLast = index === TASKS[task].length - 1;
  const code = await run(node, [...command, ...(isLast ? args : [])]);
  if (code !== 0) process.exit(code);
}

/** Runs `npm ci` when node_modules was not installed from the present lock file. */
function install() {
  const stamp = join(root, 'node_modules', '.installed-from');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing the locked npm packages (once; about a minute) …');
  // A production machine still needs the build tools, hence --include=dev.
  const result = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) fail('npm ci failed: see its message above; the npm registry must be reachable');
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, lock);
}

/** The pinned Node, else the one running this file if it is new enough. */
function pickNode() {
  const pinned = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  // npm can be told not to run install scripts; then the package is there without its binary.
  if (!isNewEnough(versionOf(pinned))) {
    spawnSync('npm', ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], {
      cwd: root,
      stdio: 'inherit',
    });
  }
  if (isNewEnough(versionOf(pinned))) return pinned;
  if (isNewEnough(process.versions.node)) return process.execPath;
  return fail(
    `Node ${process.versions.node} is too old and the pinned Node 24 could not be installed. ` +
      `Install Node ${OLDEST_NODE.join('.')} or newer, or allow the install script: npm rebuild node --ignore-scripts=false`,
  );
}

function versionOf(binary) {
  const result = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : '0.0';
}

function isNewEnough(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** Runs one command on `node`, hands our signals on to it, and resolves with its exit code. */
function run(binary, argv) {
  return new Promise((resolve) => {
    const child = spawn(binary, argv, { cwd: root, stdio: 'inherit' });
    const forward = (signal) => child.kill(signal);
    // A terminal sends Ctrl-C to the whole group: the child ends by itself, we only have to outlive it.
    process.on('SIGINT', () => {
      isInterrupted = true;
    });
    process.on('SIGTERM', forward);
    endWithNpm(child);
    child.on('error', (error) => fail(`cannot start ${argv[0]}: ${error.message}`));
    child.on('exit', (code, signal) => resolve(signal ? 1 : (code ?? 1)));
  });
}

/** npm hands a signal to the shell that it runs us in, and that ends without handing it on: then we are an orphan. */
function endWithNpm(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    // Ctrl-C has reached the child as well, which takes a second signal for impatience.
    if (!isInterrupted) child.kill('SIGTERM');
  }, ORPHAN_LOOK_MS).unref();
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
