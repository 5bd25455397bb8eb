// `npm run rotate-secret` as a process, with the real gcloud on a stand-in for Secret Manager.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../../docs/markdown.ts';
import { type FakeGcp, startFakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { asObject } from '../../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';

const PROJECT = 'demo-proj';
const SECRET = `projects/${PROJECT}/secrets/aa-integration-jwt-secret`;
const DAY = 24 * 3_600_000;

let fake: FakeGcp;
let folder: string;

test.before.each(async () => {
  fake = await startFakeGcp();
  folder = mkdtempSync(join(tmpdir(), 'rotate-'));
});

test.after.each(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

withGcloud('adds a key, keeps the one before, disables older ones, and only once', async () => {
  haveVersions([60 * DAY, 'ENABLED'], [40 * DAY, 'ENABLED'], [20 * DAY, 'ENABLED']);
  const first = await rotate('--yes');
  assert.is(first.code, 0, first.output);
  assert.equal(states(), ['DISABLED', 'DISABLED', 'ENABLED', 'ENABLED']);
  assert.equal(fake.astray, []);

  const key = keyOf(4);
  assert.match(key, /^[0-9a-f]{64}$/);
  assert.not.ok(first.output.includes(key), 'the key is never printed');

  const second = await rotate('--yes');
  assert.is(second.code, 0, second.output);
  assert.match(second.output, 'no new key');
  assert.equal(states(), ['DISABLED', 'DISABLED', 'ENABLED', 'ENABLED']);
});

withGcloud('asks, and takes anything but yes for no', async () => {
  haveVersions([60 * DAY, 'ENABLED']);
  const { code, output } = await rotate();
  assert.is(code, 1);
  assert.match(output, 'add version 2');
  assert.match(output, 'nothing was changed');
  assert.equal(states(), ['ENABLED']);
});

withGcloud('an answer that is lost does not make a second key', async () => {
  haveVersions([60 * DAY, 'ENABLED']);
  fake.failNext(/POST .*:addVersion/, 409, 'ABORTED', { applied: true });
  const { code, output } = await rotate('--yes');
  assert.is(code, 0, output);
  assert.equal(states(), ['ENABLED', 'ENABLED']);
});

withGcloud('keys that are known to somebody are disabled at once', async () => {
  haveVersions([60 * DAY, 'ENABLED'], [60_000, 'ENABLED']);
  const { code, output } = await rotate('--yes', '--revoke');
  assert.is(code, 0, output);
  assert.equal(states(), ['DISABLED', 'DISABLED', 'ENABLED']);
  assert.match(output, '--revision-suffix=key-3');
  assert.match(output, 'gcloud run revisions delete REVISION');
});

withGcloud('a secret that is not there, or not for this account, is said with what to do', async () => {
  assert.match((await rotate('--yes')).output, 'npm run deploy -- --only jwt-secret');
  haveVersions([60 * DAY, 'ENABLED']);
  fake.failNext(/GET .*versions/, 403, 'PERMISSION_DENIED');
  assert.match((await rotate('--yes')).output, 'roles/secretmanager.admin');
});

withGcloud('a dry run explains its commands, also when there are none', async () => {
  haveVersions([60 * DAY, 'ENABLED'], [60_000, 'ENABLED']);
  const { code, output } = await rotate('--dry-run');
  assert.is(code, 0);
  assert.match(output, /^# +no new key/m);
  assert.not.match(output, /^gcloud/m);
  assert.match((await rotate('--dry-run', '--revoke')).output, /^gcloud secrets versions disable 2 /m);
  assert.equal(states(), ['ENABLED', 'ENABLED']);
});

function haveVersions(...versions: [age: number, state: string][]): void {
  fake.state.resources.set(SECRET, { name: SECRET });
  for (const [index, [age, state]] of versions.entries()) {
    const name = `${SECRET}/versions/${index + 1}`;
    const createTime = new Date(Date.now() - age).toISOString();
    fake.state.resources.set(name, { name, createTime, state, etag: fake.state.etag() });
  }
}

function states(): unknown[] {
  return [...fake.state.resources]
    .filter(([name]) => name.startsWith(`${SECRET}/versions/`))
    .map(([, version]) => version.state);
}

function keyOf(number: number): string {
  const { payload } = fake.state.resources.get(`${SECRET}/versions/${number}`) ?? {};
  return Buffer.from(String(asObject(payload).data), 'base64').toString('utf8');
}

function rotate(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['scripts/operate/rotate-secret/main.ts', '--settings', '/dev/null', ...args],
      {
        cwd: ROOT,
        env: { ...fake.env(join(folder, 'gcloud'), PROJECT), GCP_PROJECT_ID: PROJECT },
      },
    );
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
    child.stdin.end('perhaps\n');
  });
}

test.run();
