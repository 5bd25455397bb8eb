// What is deployed, as Google's buildpacks take it: the folder alone, its packages from its own lock file, and the
// start command of the buildpack. Source: GoogleCloudPlatform/buildpacks, cmd/{config/entrypoint,nodejs/npm,nodejs/functions_framework}/main.go.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import jwt from 'jsonwebtoken';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { versionIn } from '../../relay/metrics/create-metrics.ts';
import { type RunningChild, startChild } from '../../scripts/local/child.ts';
import { eventarcRequest, type PushBody } from '../../scripts/local/eventarc.ts';
import { onFreePort } from '../../scripts/local/free-port.ts';
import { registerAt } from '../../scripts/local/relay-client.ts';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { ROOT } from '../docs/markdown.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { startSecretManager } from '../helpers/secret-manager-server.ts';
import { until } from '../helpers/until.ts';

const FOLDERS = ['relay', ...EVENT_KINDS.map((kind) => `functions/${kind}`)];
/** The npm that belongs to whatever Node is installed, run on the Node that is deployed. */
const PATH = `${dirname(process.execPath)}:${process.env.PATH}`;
const FRAMEWORK = '@google-cloud/functions-framework';
/** For one step on a busy machine, in milliseconds. */
const LIMIT_MS = 30_000;
const START_LIMIT_MS = 60_000;

const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const fixture = redisFixture(test);
const copies = fixture.directory();
const RELAY_LOG = join(copies, 'relay.log');

for (const folder of FOLDERS) {
  if (!existsSync(`${ROOT}dist/${folder}/package-lock.json`))
    throw new Error(`dist/${folder} is not built: run npm run build`);
  cpSync(`${ROOT}dist/${folder}`, join(copies, folder), { recursive: true });
}

// Without devDependencies and from the lock file; what an earlier install has fetched need not come again.
const install = (folder: string) =>
  spawnSync('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], {
    cwd: join(copies, folder),
    encoding: 'utf8',
    env: { PATH, HOME: process.env.HOME, NODE_ENV: 'production' },
  });
const installs = new Map(FOLDERS.map((folder) => [folder, install(folder)]));
const unreachable = [...installs.values()].find(({ stderr }) =>
  /ENOTFOUND|ENOTCACHED|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT/.test(stderr),
);
if (unreachable) console.log('skipped: the npm registry cannot be reached, and its packages are not cached');
const withPackages = unreachable ? test.skip : test;

withPackages('npm ci installs each folder from its lock file, without dev packages', () => {
  for (const [folder, { status, stderr }] of installs) assert.is(status, 0, `${folder}: ${stderr}`);
  for (const kind of EVENT_KINDS) {
    const folder = join(copies, 'functions', kind);
    const locked = readJson(join(folder, 'package-lock.json')).packages[`node_modules/${FRAMEWORK}`];
    assert.is(readJson(join(folder, 'node_modules', FRAMEWORK, 'package.json')).version, locked.version);
    assert.not.ok(existsSync(join(folder, 'node_modules/typescript')));
  }
  assert.not.ok(existsSync(join(copies, 'relay/node_modules/fastify')), 'the relay is bundled whole');
});

test("the relay's folder tells the project's version, which a metric shows", async () => {
  const { version } = readJson(`${ROOT}package.json`);
  assert.is(await versionIn(join(copies, 'relay/package.json')), version);
});

withPackages('each folder asks for the Node major that the tests run on', () => {
  for (const folder of FOLDERS) {
    const { engines } = readJson(join(copies, folder, 'package.json'));
    assert.is(engines.node, `${process.versions.node.split('.')[0]}.x`);
  }
});

withPackages('each kind of event goes from the started functions to a desktop', async () => {
  const { url, child } = await startRelay();
  assert.is((await fetch(`${url}/health`)).status, 200);
  const conversation = uniqueConversation();
  const desktop = fixture.keep(new TestDesktop(url, (await registerAt(url)).token));
  await desktop.connected();
  assert.equal(await desktop.join(conversation), [true, conversation]);
  for (const [index, kind] of EVENT_KINDS.entries()) {
    const { headers, body } = eventarcRequest(`projects/${TEST_PROJECT}/topics/${kind}`, {
      message: messageOf(conversation, String(70 + index)),
      subscription: `projects/${TEST_PROJECT}/subscriptions/some`,
    });
    const handler = await startFunction(kind);
    // As Pub/Sub does, until the function has taken it: a Redis that is slow to answer is a reason to refuse it.
    const deliver = async () => (await fetch(handler.url, { method: 'POST', headers, body })).status;
    await until(async () => (await deliver()) === 204, LIMIT_MS, `the function has taken the ${kind}`);
  }
  const events = await desktop.received(EVENT_KINDS.length);
  assert.equal(
    events.map((event) => event.data_type),
    [...EVENT_KINDS],
  );
  const ended = once(child.process, 'exit');
  child.process.kill('SIGTERM');
  assert.equal(await ended, [0, null], 'SIGTERM reaches the relay itself, which drains');
});

withPackages('the relay alone in its folder reads its key from Secret Manager unlogged', async () => {
  const secret = 'the-key-of-the-relay-in-secret-manager';
  const secrets = fixture.keep(await startSecretManager(secret));
  const { url, child } = await startRelay({
    ...secrets.env,
    JWT_SECRET_NAME: 'key',
    JWT_SECRET_KEY_PATH: '/nonexistent',
    GOOGLE_SDK_NODE_LOGGING: 'all',
  });
  assert.equal(secrets.asked, [
    `/v1/projects/${TEST_PROJECT}/secrets/key/versions/latest:access Bearer of-the-service-account`,
  ]);
  const { token } = await registerAt(url);
  assert.is(typeof jwt.verify(token, secret), 'object');
  // This process writes what the relay has said a moment after the relay has said it.
  await until(() => readFileSync(RELAY_LOG, 'utf8').includes('listening'));
  await child.stop();
  const log = readFileSync(RELAY_LOG, 'utf8');
  for (const hidden of [secret, Buffer.from(secret).toString('base64'), 'accessSecretVersion'])
    assert.not.ok(log.includes(hidden), log);
});

function messageOf(conversation: string, messageId: string): PushBody['message'] {
  const publishTime = new Date().toISOString();
  return {
    data: Buffer.from(JSON.stringify({ conversation })).toString('base64'),
    attributes: {},
    messageId,
    message_id: messageId,
    publishTime,
    publish_time: publishTime,
  };
}

interface Started {
  url: string;
  child: RunningChild;
}

function startRelay(extra: Record<string, string> = {}): Promise<Started> {
  const key = join(copies, 'key');
  writeFileSync(key, 'k'.repeat(64));
  const [, command = ''] = /^web:\s*(.+)$/m.exec(readFileSync(join(copies, 'relay/Procfile'), 'utf8')) ?? [];
  const env = { JWT_SECRET_KEY_PATH: key, AUTH_OPTION: 'Skip', ...extra };
  return start('relay', command, env, async (port) =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
}

function startFunction(kind: EventKind): Promise<Started> {
  const folder = `functions/${kind}`;
  const checked = spawnSync(process.execPath, ['--check', 'index.mjs'], { cwd: join(copies, folder) });
  assert.is(checked.status, 0, 'the buildpack checks the syntax of the main file');
  const env = { FUNCTION_TARGET: kind, FUNCTION_SIGNATURE_TYPE: 'cloudevent' };
  return start(folder, 'node_modules/.bin/functions-framework', env, accepts);
}

function start(
  folder: string,
  command: string,
  env: Record<string, string>,
  isReady: (port: number) => Promise<boolean>,
): Promise<Started> {
  return onFreePort((port) => startOn(port, folder, command, env, isReady));
}

async function startOn(
  port: number,
  folder: string,
  command: string,
  env: Record<string, string>,
  isReady: (port: number) => Promise<boolean>,
): Promise<Started> {
  const child = await startChild({
    name: folder,
    // The buildpack's own line for a web process, in the working directory that it has there.
    command: '/bin/bash',
    args: ['-c', 'cd "$0" && exec /bin/bash -c "$1"', join(copies, folder), command],
    env: {
      ...{ PATH, NODE_ENV: 'production', PORT: String(port) },
      ...{ GCP_PROJECT_ID: TEST_PROJECT, ...fixture.server.env, ...env },
    },
    logFile: join(copies, `${folder.replaceAll('/', '-')}.log`),
    isReady: () => isReady(port),
    port,
    startLimitMs: START_LIMIT_MS,
  });
  fixture.defer(() => child.stop());
  return { url: `http://127.0.0.1:${port}`, child };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

test.run();
