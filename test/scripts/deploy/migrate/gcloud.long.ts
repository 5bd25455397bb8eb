// `npm run deploy -- --migrate` as a process, from the reference to the end of its subscriptions; some 90 calls of gcloud.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../../../docs/markdown.ts';
import { haveReference, REFERENCE_KEY, readySince } from '../../../helpers/fake-gcp/reference.ts';
import { type FakeGcp, startFakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { asObject } from '../../../helpers/fake-gcp/state.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';

const PROJECT = 'demo-proj';
const ONE_TOPIC = {
  GCP_PROJECT_ID: PROJECT,
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};
const OLD = `projects/${PROJECT}/subscriptions/aa-new-suggestion-sub`;
const SECRET = `projects/${PROJECT}/secrets/aa-integration-jwt-secret`;

let fake: FakeGcp;
let folder: string;

test.before.each(async () => {
  fake = await startFakeGcp();
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
});

test.after.each(async () => {
  await fake.close();
  rmSync(folder, { recursive: true });
});

withGcloud('a reference becomes a relay, and its subscriptions go an hour later', async () => {
  haveReference(fake.state, PROJECT, new Date(Date.now() - 7 * 24 * 3_600_000));
  const redis = structuredClone(fake.state.resources.get(redisName()));
  const first = await migrate();
  assert.is(first.code, 0, first.output);
  assert.equal(fake.astray, []);

  assert.equal(fake.state.resources.get(redisName()), redis, 'Redis is not touched');
  assert.match(keyOf(2), /^[0-9a-f]{64}$/);
  assert.is(keyOf(3), '');
  assert.not.match(first.output, new RegExp(`${REFERENCE_KEY}|${keyOf(2)}`));
  const template = asObject(asObject(asObject(fake.state.resources.get('run:ui-connector')).spec).template);
  const annotations = asObject(asObject(template.metadata).annotations);
  assert.is(annotations['run.googleapis.com/vpc-access-connector'], undefined);
  assert.ok(annotations['run.googleapis.com/network-interfaces']);
  assert.ok(fake.state.resources.has(OLD), 'desktops of the old revision still live on it');
  assert.match(first.output, 'update-traffic ui-connector');

  const early = await migrate('--only', 'retire');
  assert.is(early.code, 1, early.output);
  assert.match(early.output, /may be connected for 6\d more minutes/);
  assert.ok(fake.state.resources.has(OLD));

  readySince(fake.state, 'ui-connector', 70);
  const late = await migrate('--only', 'retire');
  assert.is(late.code, 0, late.output);
  assert.not.ok(fake.state.resources.has(OLD));
  assert.ok(
    fake.state.resources.has(`projects/${PROJECT}/subscriptions/aa-new-message-sub`),
    'of no concern',
  );
  assert.equal(fake.astray, []);
});

const redisName = () => `projects/${PROJECT}/locations/us-central1/instances/aa-integration-redis`;

function keyOf(version: number): string {
  const { payload } = asObject(fake.state.resources.get(`${SECRET}/versions/${version}`));
  return Buffer.from(String(asObject(payload).data ?? ''), 'base64').toString('utf8');
}

function migrate(...args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['scripts/deploy/main.ts', '--migrate', '--yes', '--settings', '/dev/null', ...args],
      {
        cwd: ROOT,
        env: { ...fake.env(join(folder, 'gcloud'), PROJECT), ...ONE_TOPIC },
        stdio: ['ignore', 'pipe', 'pipe'],
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
  });
}

test.run();
