// However `npm run demo` is ended, it ends all that it has started.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { ROOT } from '../docs/markdown.ts';
import { DEMO_START_LIMIT_MS } from '../helpers/demo.ts';
import { Fixture } from '../helpers/fixture.ts';
import { isAlive } from '../helpers/process.ts';
import { until } from '../helpers/until.ts';

const fixture = new Fixture(test);
/** From the signal until nothing is left, on a busy machine. */
const END_LIMIT_MS = 60_000;
const COPIED = [
  ...['functions', 'relay', 'scripts', 'shared'],
  ...['LICENSE', 'esbuild.config.mjs', 'package.json', 'package-lock.json', 'tsconfig.json'],
];

/** A copy of the project, because `npm run demo` builds, and the tests beside this one use what was built. */
let project = '';
test.before(() => {
  project = fixture.directory();
  for (const name of COPIED) cpSync(join(ROOT, name), join(project, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
});

/** Starts the demo in a process group of its own, as a terminal does. */
async function start([command = '', ...args]: string[]) {
  const child = spawn(command, [...args, '--port=0', '--pubsub=direct'], {
    cwd: project,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const pid = child.pid ?? 0;
  fixture.defer(() => {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Nothing of it is left, as the test demands.
    }
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  await until(() => /^Log of the relay/m.test(output) || hasEnded(), DEMO_START_LIMIT_MS);
  const relayLog = /^Log of the relay[^:]*: (\S+\/relay\.log)\b/m.exec(output)?.[1] ?? '';
  return { pid, relayLog, output: () => output };
}

/** All processes below one; known on Linux only. */
function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean);
    return children.map(Number).flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

const RUN = [process.execPath, 'scripts/run.mjs', 'demo'];
const NPM = ['npm', 'run', 'demo', '--'];
type End = [what: string, command: string[], end: (pid: number) => void];
const USUAL: End[] = [
  ['Ctrl-C, which reaches npm and all below it,', NPM, (pid) => process.kill(-pid, 'SIGINT')],
  ['SIGTERM to npm alone', NPM, (pid) => process.kill(pid, 'SIGTERM')],
];
const SELDOM: End[] = [
  ['SIGINT to scripts/run.mjs alone', RUN, (pid) => process.kill(pid, 'SIGINT')],
  ['a terminal that closes', NPM, (pid) => process.kill(-pid, 'SIGHUP')],
];
const ENDS = process.env.TEST_LONG ? [...USUAL, ...SELDOM] : USUAL;

const onLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux') console.log('\nskipped: only Linux tells the descendants of a process');

for (const [what, command, end] of ENDS) {
  onLinux(`${what} leaves no process and no log behind`, async () => {
    const { pid, relayLog, output } = await start(command);
    assert.not.equal(relayLog, '', output());
    // The demo writes what the relay has said a moment after the relay has said it.
    const log = () => (existsSync(relayLog) ? readFileSync(relayLog, 'utf8') : '');
    await until(() => log().includes('listening'), END_LIMIT_MS, 'the relay has logged that it listens');
    const started = [pid, ...descendants(pid)];
    assert.ok(started.length > EVENT_KINDS.length + 2, 'at least Redis, the functions and the relay run');
    end(pid);
    await until(() => !started.some(isAlive), END_LIMIT_MS);
    await until(() => !existsSync(dirname(relayLog)));
    await until(() => output().includes('Stopping …'));
  });
}

test.run();
