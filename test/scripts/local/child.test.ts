import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startChild } from '../../../scripts/local/child.ts';
import { isAnswered } from '../../../scripts/local/is-answered.ts';
import { startLoopbackServer } from '../../../scripts/local/loopback-server.ts';
import { isAlive } from '../../helpers/process.ts';
import { until } from '../../helpers/until.ts';

const node = (code: string) => ({
  name: 'the child',
  command: process.execPath,
  args: ['-e', code],
  isReady: async () => true,
  startLimitMs: 30_000,
});
const FOREVER = 'setInterval(() => {}, 1000);';

test('a child runs until it is stopped, and a stop is no failure', async () => {
  const child = await startChild(node(FOREVER));
  let failure: Error | undefined;
  void child.failed.then((error) => {
    failure = error;
  });
  assert.ok(isAlive(child.process.pid));
  await child.stop();
  await child.stop();
  assert.not(isAlive(child.process.pid));
  await sleep(10);
  assert.is(failure, undefined);
});

test('a child that ends at its start is an error with the end of its output', async () => {
  const options = {
    ...node('console.error("the port is taken"); process.exit(3)'),
    isReady: async () => false,
  };
  const error = await startChild(options).catch((reason: Error) => reason);
  assert.match((error as Error).message, /^the child did not start: the port is taken$/);
});

test('a child whose port another program has is not ready', async () => {
  const other = await startLoopbackServer((_, response) => void response.end());
  const port = Number(new URL(other.url).port);
  const listen = `require('http').createServer().listen(${port}, '127.0.0.1').on('error', (e) => { throw e; });`;
  const options = { ...node(listen), isReady: () => isAnswered(other.url), port, startLimitMs: 30_000 };
  const error = await startChild(options).catch((reason: Error) => reason);
  assert.match((error as Error).message, /^the child did not start: [\s\S]*EADDRINUSE/);
  await other.stop();
  const child = await startChild({ ...options, isReady: async () => true });
  await child.stop();
});

test('a command that does not exist is an error', async () => {
  const options = { ...node(''), command: '/no/such/program', isReady: async () => false };
  const error = await startChild(options).catch((reason: Error) => reason);
  assert.match((error as Error).message, /^the child did not start: /);
});

test('a child that is not ready in time is ended, and is an error', async () => {
  let pid: number | undefined;
  const options = { ...node(FOREVER), startLimitMs: 100 };
  const error = await startChild({
    ...options,
    isReady: async (process) => {
      pid = process.pid;
      return false;
    },
  }).catch((reason: Error) => reason);
  assert.match((error as Error).message, /was not ready within 100 ms/);
  assert.not(isAlive(pid));
});

test('a child that ends by itself later is reported', async () => {
  const child = await startChild(
    node('setTimeout(() => { console.log("out of memory"); process.exit(1); }, 50);'),
  );
  assert.match((await child.failed).message, /^the child ended \(exit code 1\): out of memory$/);
  await child.stop();
});

test('its output goes to the log file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'child-'));
  const logFile = join(directory, 'child.log');
  const child = await startChild({
    ...node(`console.log('out'); console.error('err'); ${FOREVER}`),
    logFile,
  });
  const read = () => readFile(logFile, 'utf8').catch(() => '');
  await until(async () => /out/.test(await read()) && /err/.test(await read()));
  await child.stop();
  await rm(directory, { recursive: true });
});

test.run();
