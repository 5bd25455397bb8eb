import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  findRedisServer,
  missingRedis,
  redisArguments,
  startRedis,
} from '../../../scripts/local/redis-server.ts';
import { isAlive } from '../../helpers/process.ts';
import { startTestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';

test('starts a private server that answers, and stop ends it, twice without harm', async () => {
  const server = await startTestRedis();
  const client = new Redis(server.url, { maxRetriesPerRequest: 0 });
  assert.is(await client.ping(), 'PONG');
  assert.equal(await client.config('GET', 'save'), ['save', '']);
  assert.equal(await client.config('GET', 'bind'), ['bind', '127.0.0.1']);
  client.disconnect();
  await server.stop();
  await server.stop();
  assert.not(isAlive(server.process.pid));
  assert.not(existsSync(server.directory));
});

test('two servers at once have ports of their own', async () => {
  const servers = await Promise.all([startRedis(), startRedis()]);
  assert.is(new Set(servers.map((server) => server.port)).size, 2);
  await Promise.all(servers.map((server) => server.stop()));
});

test('a server started again on its port and folder has what it appended', async () => {
  const first = await startRedis();
  const kept = {
    port: first.port,
    directory: first.directory,
    args: ['--appendonly', 'yes', '--appendfsync', 'always'],
  };
  await first.stop();
  await mkdir(kept.directory);
  const name = uniqueConversation();

  const writing = await startRedis(kept);
  const writer = new Redis(writing.url);
  await writer.set(name, 'kept');
  writer.disconnect();
  writing.process.kill('SIGKILL');
  await until(() => !isAlive(writing.process.pid));
  await writing.stop();

  const reading = await startRedis(kept);
  const reader = new Redis(reading.url);
  assert.is(await reader.get(name), 'kept');
  reader.disconnect();
  await reading.stop();
  await rm(kept.directory, { recursive: true });
});

test('a server with a password is ready too', async () => {
  const server = await startRedis({ args: ['--requirepass', 'secret'] });
  await server.stop();
});

test('a server that cannot start says why', async () => {
  const error = await startRedis({ args: ['--no-such-setting', '1'] }).catch((reason: Error) => reason);
  assert.instance(error, Error);
  assert.match((error as Error).message, /no-such-setting/);
});

test('a taken port that was asked for is an error', async () => {
  const server = await startRedis();
  const error = await startRedis({ port: server.port }).catch((reason: Error) => reason);
  await server.stop();
  assert.match((error as Error).message, /redis-server on port \d+ did not start/);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
if (process.platform !== 'linux') console.log('\nskipped: only Linux ends the children of a killed process');

onLinux('the server ends when its parent is killed', async () => {
  const module = fileURLToPath(new URL('../../../scripts/local/redis-server.ts', import.meta.url));
  const code = `import { startRedis } from ${JSON.stringify(module)};
    const server = await startRedis(); console.log(server.process.pid); setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) =>
    parent.stdout.once('data', (line) => resolve(Number(line))),
  );
  assert.ok(isAlive(pid));
  parent.kill('SIGKILL');
  await until(() => !isAlive(pid));
});

test('a machine without Redis and the right to install it gets the line to run', async () => {
  assert.match(missingRedis('linux'), /sudo apt-get install -y redis-server/);
  assert.match(missingRedis('darwin'), /brew install redis/);
  const error = await findRedisServer({ PATH: '' }).catch((reason: Error) => reason);
  assert.match((error as Error).message, /redis-server \(7 or newer\) is not installed/);
});

test('arguments of the caller come last, where they win', () => {
  const args = redisArguments(7000, '/data', ['--appendonly', 'yes']);
  assert.equal(args.slice(-2), ['--appendonly', 'yes']);
  assert.ok(args.indexOf('no') < args.lastIndexOf('yes'));
});

test.run();
