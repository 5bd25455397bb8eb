// What goes wrong between gcloud and Google, at three steps in turn: the next run finishes what is left.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../scripts/deploy/run.ts';
import { newestVersion } from '../../../scripts/deploy/steps/secrets.ts';
import type { FakeGcp } from '../../helpers/fake-gcp/server.ts';
import { deploy, PROJECT, planFor, toolsFor, withProject } from './gcloud-deployment.ts';

const ENV = {
  REDIS_HOST: '10.1.2.3',
  REDIS_SECURITY: 'plain',
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};

/** The request that makes the thing, and the command that sends it. */
const STEPS = [
  { step: 'jwt-secret', request: /^POST \/secretmanager\/.*\/secrets$/, command: 'gcloud secrets create' },
  { step: 'relay', request: /^POST \/run\/apis\/.*\/services$/, command: 'gcloud run deploy' },
  {
    step: 'functions',
    request: /^POST \/cloudfunctions\/.*\/functions$/,
    command: 'gcloud functions deploy',
  },
];

const hasGcloud = spawnSync('gcloud', ['--version']).status === 0;
if (!hasGcloud) console.log('skipped: gcloud is not installed');

async function assertFinishes(fake: FakeGcp, root: string, step: string): Promise<void> {
  const { outcome } = await deploy(fake, root, { env: ENV, steps: [step] });
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
  const { changed } = await deploy(fake, root, { env: ENV, steps: [step] });
  assert.equal(changed, []);
}

for (const { step, request, command } of hasGcloud ? STEPS : []) {
  test(`${step}: 403 stops the run with the permissions it takes, and the next one finishes`, () =>
    withProject(async (fake, root) => {
      fake.failNext(request, 403, 'PERMISSION_DENIED');
      const { outcome } = await deploy(fake, root, { env: ENV, steps: [step] });
      assert.is(outcome.state, 'failed');
      assert.match('message' in outcome ? outcome.message : '', 'The account needs on the project: ');
      await assertFinishes(fake, root, step);
    }));

  test(`${step}: 409 for what has been made all the same counts as made`, () =>
    withProject(async (fake, root) => {
      fake.failNext(request, 409, 'ALREADY_EXISTS', { applied: true });
      await assertFinishes(fake, root, step);
    }));

  test(`${step}: Ctrl-C within the command stops the run, and the next one finishes`, () =>
    withProject(async (fake, root) => {
      const interruption = new AbortController();
      const tools = toolsFor(fake, root);
      const outcome = await run(
        planFor({ env: ENV, steps: [step] }),
        {
          ...tools,
          signal: interruption.signal,
          exec: (argv, options) => {
            // gcloud is a second on its way by then, or just about to start.
            if (argv.join(' ').startsWith(command)) setTimeout(() => interruption.abort(), 500);
            return tools.exec(argv, options);
          },
        },
        { step: () => {}, task: () => {} },
      );
      assert.is(outcome.state, 'interrupted', JSON.stringify(outcome));
      await assertFinishes(fake, root, step);
    }));
}

if (hasGcloud)
  test('the newest enabled version of a secret is found behind a disabled one', () =>
    withProject(async (fake, root) => {
      const secret = `projects/${PROJECT}/secrets/some-secret`;
      fake.state.resources.set(secret, { name: secret });
      for (const [number, state] of [
        [1, 'ENABLED'],
        [2, 'ENABLED'],
        [3, 'DISABLED'],
      ] as const)
        fake.state.resources.set(`${secret}/versions/${number}`, {
          name: `${secret}/versions/${number}`,
          createTime: new Date(number * 1_000).toISOString(),
          state,
        });
      const { exec, signal } = toolsFor(fake, root);
      const { stdout } = await exec([...newestVersion('some-secret'), '--quiet'], { signal });
      assert.is(stdout.trim(), '2');
    }));

test.run();
