// What the commands ask before they change a project, with the real gcloud.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../docs/markdown.ts';
import { type FakeGcp, startFakeGcp, TOKEN } from '../helpers/fake-gcp/server.ts';
import { withGcloud } from '../helpers/gcloud.ts';

const PROJECT = 'demo-proj';
const REDIS = `projects/${PROJECT}/locations/us-central1/instances/aa-integration-redis`;

interface Ended {
  code: number | null;
  output: string;
}

/** @param isNew whether the project has no API yet. */
async function withProject(
  then: (
    go: (script: string, args: string[], input?: string) => Promise<Ended>,
    fake: FakeGcp,
  ) => Promise<void>,
  isNew = false,
): Promise<void> {
  const fake = await startFakeGcp({ isNew });
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  const go = (script: string, args: string[], input = '') =>
    new Promise<Ended>((resolve, reject) => {
      const child = spawn(
        process.execPath,
        [`scripts/${script}/main.ts`, '--settings', '/dev/null', ...args],
        {
          cwd: ROOT,
          env: { ...fake.env(folder, PROJECT), GCP_PROJECT_ID: PROJECT },
        },
      );
      let output = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (chunk: string) => {
          output += chunk;
        });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, output }));
      child.stdin.end(input);
    });
  try {
    await then(go, fake);
    assert.equal(fake.astray, []);
  } finally {
    await fake.close();
    rmSync(folder, { recursive: true });
  }
}

withGcloud('a deployment whose account lacks a permission tells how to grant it, and changes nothing', () =>
  withProject(async (go, fake) => {
    fake.state.denied.add('redis.instances.create');
    const { code, output } = await go('deploy', ['--only', 'redis']);
    assert.is(code, 1);
    assert.match(output, /lacks 1 permissions on demo-proj/);
    assert.match(
      output,
      /gcloud projects add-iam-policy-binding demo-proj --member=\S+ --role=roles\/redis\.admin/,
    );
    assert.not.match(output, TOKEN);
    assert.equal(
      fake.requests.map(({ path }) => path),
      [`v1/projects/${PROJECT}`, `v1/projects/${PROJECT}:testIamPermissions`],
    );
  }),
);

withGcloud('a deployment that fails at a step exits with 1, and tells which', () =>
  withProject(async (go, fake) => {
    fake.failNext(/^POST .*services:batchEnable/, 403, 'PERMISSION_DENIED');
    const args = ['--only', 'apis', '--skip-permission-check'];
    const { code, output } = await go('deploy', [...args, '--yes']);
    assert.is(code, 1);
    assert.match(output, /^apis: /m);
    assert.not.match(output, /^done in /m);
  }, true),
);

withGcloud('a deployment names its target, and makes nothing new without a yes', () =>
  withProject(async (go, fake) => {
    const { code, output } = await go('deploy', ['--only', 'apis', '--skip-permission-check'], 'yes\n');
    assert.is(code, 1);
    assert.match(output, /^project {2}demo-proj {4,}\(GCP_PROJECT_ID in the environment\)$/m);
    assert.match(output, /^region {3}us-central1 {2,}\(default of SERVICE_REGION\)$/m);
    assert.match(
      output,
      'This makes 13 APIs in project demo-proj, region us-central1, and what is missing after it. Go on?',
    );
    assert.match(output, 'There is no terminal to ask at: --yes answers.');
    assert.match(output, 'apis: 13 APIs: not made, and nothing after it');
    assert.not.ok(fake.requests.some(({ path }) => path.includes('batchEnable')));
  }, true),
);

withGcloud('a deployment asks before it grants the first role on a project', () =>
  withProject(async (go, fake) => {
    const { output } = await go('deploy', ['--only', 'accounts', '--skip-permission-check']);
    assert.match(output, "This makes Eventarc's service agent in project demo-proj, region us-central1");
    assert.not.ok(
      fake.requests.some(({ path }) => /setIamPolicy|generateServiceIdentity/.test(path)),
      output,
    );
  }),
);

withGcloud('a doctor of a project without a deployment says that, and nothing else', () =>
  withProject(async (go) => {
    const { code, output } = await go('operate/doctor', []);
    assert.is(code, 1);
    assert.match(output, /^FAULT deployment: nothing is deployed in project demo-proj, region us-central1/m);
    assert.match(output, '1 of 1 findings are faults');
  }),
);

withGcloud('a teardown removes nothing without a yes or a permission, nor in a dry run', () =>
  withProject(async (go, fake) => {
    const labels = { 'made-by': 'agent-assist-relay' };
    fake.state.resources.set(REDIS, { name: REDIS, state: 'READY', labels });
    const refused = await go('operate/teardown', ['--only', 'redis', '--data'], 'no\n');
    assert.is(refused.code, 1);
    assert.match(refused.output, 'nothing was removed');
    assert.ok(fake.state.resources.has(REDIS));
    const unanswered = await go('operate/teardown', ['--only', 'redis', '--data']);
    assert.is(unanswered.code, 1);
    assert.match(unanswered.output, 'nothing was removed');
    const shown = await go('operate/teardown', ['--only', 'redis', '--data', '--dry-run', '--yes']);
    assert.is(shown.code, 0);
    assert.match(shown.output, /^gcloud redis instances delete /m);
    assert.ok(fake.state.resources.has(REDIS));
    fake.state.denied.add('redis.instances.delete');
    const lacking = await go('operate/teardown', ['--only', 'redis', '--data', '--yes']);
    assert.is(lacking.code, 1);
    assert.match(lacking.output, /--role=roles\/redis\.admin/);
    assert.ok(fake.state.resources.has(REDIS));
    fake.state.denied.clear();
    const removed = await go('operate/teardown', ['--only', 'redis', '--data', '--yes']);
    assert.is(removed.code, 0);
    assert.match(removed.output, 'done: 1 removed');
    assert.not.ok(fake.state.resources.has(REDIS));
  }),
);

test.run();
