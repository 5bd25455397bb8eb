// Starts what the relay's image starts, as its Dockerfile says: these files, this user, this environment, this command.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RunningChild, startChild } from '../../scripts/local/child.ts';
import { onFreePort } from '../../scripts/local/free-port.ts';
import { isAnswered } from '../../scripts/local/is-answered.ts';
import { registerAt } from '../../scripts/local/relay-client.ts';
import { ROOT } from '../docs/markdown.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { layImage } from '../helpers/dockerfile.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';

const CONTEXT = `${ROOT}dist/relay-image`;
const START_LIMIT_MS = 60_000;

if (!existsSync(join(CONTEXT, 'Dockerfile'))) throw new Error(`${CONTEXT} is not built: run npm run build`);
const fixture = redisFixture(test);
const root = fixture.directory();
const image = layImage(CONTEXT, root);

/** The words that run a command as the user of the image. Nobody but root can become another user. */
const [uid = '', gid = ''] = image.user?.split(':') ?? [];
const asUser =
  process.getuid?.() === 0 ? ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'] : [];

/** A folder for the PATH, as the base image has one, with this Node in it. */
function nodeFolder(): string {
  const folder = dirname(process.execPath);
  const [command = '', ...args] = [...asUser, process.execPath, '--version'];
  if (spawnSync(command, args).status === 0) return folder;
  // It lies in a folder that is root's alone.
  const open = fixture.directory();
  copyFileSync(process.execPath, join(open, 'node'));
  chmodSync(open, 0o755);
  return open;
}

/** @param env What Cloud Run sets. What the image sets itself comes on top. */
function start(port: number, env: Record<string, string>): Promise<RunningChild> {
  const argv = [...asUser, ...image.entrypoint, ...image.cmd];
  return startChild({
    name: 'the image',
    command: '/bin/bash',
    args: ['-c', 'cd "$0" && exec "$@"', join(root, image.workdir), ...argv],
    env: { PATH: `${nodeFolder()}:/usr/bin:/bin`, PORT: String(port), ...env, ...image.env },
    isReady: () => isAnswered(`http://127.0.0.1:${port}/ready`),
    port,
    startLimitMs: START_LIMIT_MS,
  });
}

test('the image has the bundle and what lies beside it, and no packages and no sources', () => {
  const files = globSync('**/*.*', { cwd: join(root, image.workdir) });
  for (const file of [
    'main.js',
    'open-telemetry.js',
    'secret-manager.cjs',
    'client.js',
    'append.lua',
    'package.json',
  ])
    assert.ok(files.includes(file), file);
  assert.ok(files.some((file) => file.startsWith('desktop/')));
  assert.equal(
    files.filter((file) => /node_modules|\.ts$|package-lock|Dockerfile/.test(file)),
    [],
  );
});

test('the image serves a desktop as its own user, and SIGTERM ends it with 0', async () => {
  const key = join(root, 'key');
  writeFileSync(key, 'k'.repeat(64));
  const env = {
    ...{ GCP_PROJECT_ID: TEST_PROJECT, AUTH_OPTION: 'Skip', JWT_SECRET_KEY_PATH: key, DESKTOP: 'on' },
    ...fixture.server.env,
  };
  const [port, child] = await onFreePort(async (free) => [free, await start(free, env)] as const);
  fixture.defer(() => child.stop());
  const url = `http://127.0.0.1:${port}`;
  for (const path of ['/health', '/client.js', '/'])
    assert.is((await fetch(`${url}${path}`)).status, 200, path);
  const desktop = fixture.keep(new TestDesktop(url, (await registerAt(url)).token));
  await desktop.connected();
  const conversation = uniqueConversation();
  assert.equal(await desktop.join(conversation), [true, conversation]);
  const { messageId } = await fixture.publish(conversation);
  assert.equal(
    (await desktop.received(1)).map((event) => event.message_id),
    [messageId],
  );
  if (asUser.length > 0) {
    const status = readFileSync(`/proc/${child.process.pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\s+${uid}\\s+${uid}\\s+${uid}\\s+${uid}$`, 'm'));
    assert.match(readFileSync(`/proc/${child.process.pid}/cmdline`, 'utf8'), /^node\0main\.js\0$/);
  }
  const ended = once(child.process, 'exit');
  child.process.kill('SIGTERM');
  assert.equal(await ended, [0, null]);
});

test.run();
