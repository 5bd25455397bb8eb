// Two pull requests side by side in one preview project, with the real gcloud: what takes one away leaves the other whole.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { previewSettings } from '../../../scripts/cloud-build/settings.ts';
import { ROOT } from '../../docs/markdown.ts';
import type { FakeGcp } from '../../helpers/fake-gcp/server.ts';
import { withGcloud } from '../../helpers/gcloud.ts';
import { deploy, PROJECT, remains, teardown, withProject } from './gcloud-deployment.ts';

const ONE_TOPIC = {
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};

/** What a build of the pull request deploys with, with one topic so that it takes minutes and not half an hour. */
function given(number: string) {
  const built = previewSettings({
    BUILD_PROJECT: 'main-project',
    PREVIEW_PROJECT: PROJECT,
    PULL_REQUEST: number,
  });
  const env = Object.fromEntries(
    Object.entries({ ...built, ...ONE_TOPIC }).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return { env };
}

const SHARED = /aa-integration-redis|aa-integration-vpc|aa-shared-notes/;

/** Everything that one of them made, by its name or by the policies that name its accounts. */
function tracesOf(fake: FakeGcp, number: string): string[] {
  const policies = [...fake.state.policies].filter(([, policy]) =>
    JSON.stringify(policy).includes(`-pr${number}@`),
  );
  return [...remains(fake), ...policies.map(([name]) => `policy of ${name}`)].filter(
    (name) => name.includes(`pr${number}`) || name.startsWith('policy of '),
  );
}

/** The build of cloudbuild.teardown.yaml. */
function build(
  fake: FakeGcp,
  root: string,
  number: string,
): Promise<{ code: number | null; output: string }> {
  const builds = { BUILD_PROJECT: 'main-project', PREVIEW_PROJECT: PROJECT, PULL_REQUEST: number };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/cloud-build/main.ts', '--teardown'], {
      cwd: ROOT,
      env: { ...fake.env(join(root, 'gcloud'), 'main-project'), ...builds },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

withGcloud('two pull requests are deployed, one is taken away, and the other is whole', () =>
  withProject(async (fake, root) => {
    for (const number of ['7', '8']) {
      const { outcome, changed } = await deploy(fake, root, given(number));
      assert.is(outcome.state, 'done', JSON.stringify(outcome));
      const made = changed.filter((title) => SHARED.test(title) && !/ for the /.test(title));
      assert.is(made.length > 0, number === '7', `${number} made ${made.join(', ')}`);
    }
    assert.equal(fake.astray, []);
    const profiles = () => remains(fake).filter((name) => name.includes('/conversationProfiles/')).length;
    assert.is(profiles(), 2);

    const { code, output } = await build(fake, root, '7');
    assert.is(code, 0, output);
    assert.match(output, /stays without --shared[^:]*:\n {2}connector aa-integration-vpc\n/);
    assert.not.match(output, 'since no deployment made it');
    assert.equal(tracesOf(fake, '7'), []);
    assert.is(profiles(), 1);

    const again = await deploy(fake, root, given('8'));
    assert.equal(again.changed, [], 'nothing of the other was missing');
    assert.ok(tracesOf(fake, '8').length > 10);

    const last = await teardown(fake, root, given('8'), true);
    assert.is(last.outcome.state, 'done', JSON.stringify(last.outcome));
    assert.equal(last.theirs, []);
    assert.equal(remains(fake), []);
    assert.equal(tracesOf(fake, '8'), []);
  }),
);

test.run();
