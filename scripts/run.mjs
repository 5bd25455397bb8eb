#!/usr/bin/env node
// Starts every npm script of this project: installs the locked packages when they are missing or out of date, then
// runs the task on the Node 24 pinned in package.json. It may itself be started by an old Node, so it and what it
// imports use only built-in modules and no new syntax.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isNewEnough, OLDEST_NODE } from './node-version.mjs';
import { npmArguments } from './npm-arguments.mjs';
import { asksForHelp, plainAnswer, USAGE } from './plain-help.mjs';
import { refusal } from './swallowed-options.mjs';
import { TASKS } from './tasks.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ORPHAN_LOOK_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const [task, ...args] = process.argv.slice(2);
if (!Object.hasOwn(TASKS, task ?? '')) {
  fail(`unknown task "${task ?? ''}": use one of ${Object.keys(TASKS).join(', ')}`, USAGE);
}
refuseSwallowed();
answerPlainly();
install();
const node = pickNode();
// Nobody waits for a build to read the help.
const commands = asksForHelp(args) ? TASKS[task].commands.slice(-1) : TASKS[task].commands;
for (const [index, command] of commands.entries()) {
  const isLast = index === commands.length - 1;
  const code = await run(node, [...command, ...(isLast ? args : [])]);
  if (code !== 0) process.exit(code);
}

/** Ends here when npm has taken an option of the task for itself: a dry run would not be one. */
function refuseSwallowed() {
  const script = process.env.npm_lifecycle_event;
  const line = script === undefined ? undefined : scripts[script];
  const start = `node scripts/run.mjs ${task}`;
  // What an npm script starts inherits npm's variables, and npm has started another task.
  if (line === undefined || !`${line} `.startsWith(`${start} `)) return;
  const own = line.slice(start.length).split(' ').filter(Boolean);
  const message = refusal({
    script,
    task,
    declared: TASKS[task],
    args: args.slice(own.length),
    npmArgs: npmArguments(process.env, Date.now()),
    env: process.env,
  });
  if (message !== undefined) fail(message, USAGE);
}

function answerPlainly() {
  const answer = plainAnswer(task, TASKS[task], args);
  if (answer === undefined) return;
  if (answer.code === 0) console.log(answer.text);
  else console.error(answer.text);
  process.exit(answer.code);
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
      `Install Node ${OLDEST_NODE} or newer, or allow the install script: npm rebuild node --ignore-scripts=false`,
  );
}

function versionOf(binary) {
  const result = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.trim() : '0.0';
}

/** Runs one command on `node`, hands our signals on to it, and resolves with its exit code. */
function run(binary, argv) {
  return new Promise((resolve) => {
    const child = spawn(binary, argv, { cwd: root, stdio: 'inherit' });
    let isEnding = false;
    // A terminal and npm send the child or us the same Ctrl-C. A command takes several signals at once for one.
    const end = (signal) => {
      isEnding = true;
      child.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, end);
    // Later than the copies above it would count as impatience.
    endWithNpm(() => isEnding || end('SIGTERM'));
    child.on('error', (error) => fail(`cannot start ${argv[0]}: ${error.message}`));
    child.on('exit', (code, signal) => {
      for (const each of SIGNALS) process.off(each, end);
      resolve(signal ? 1 : (code ?? 1));
    });
  });
}

/** npm hands a signal to the shell that it runs us in, and that ends without handing it on: then we are an orphan. */
function endWithNpm(end) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(timer);
    end();
  }, ORPHAN_LOOK_MS).unref();
}

function fail(message, code = 1) {
  console.error(message);
  process.exit(code);
}
