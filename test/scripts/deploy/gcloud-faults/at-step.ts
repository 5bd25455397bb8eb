// What goes wrong between the real gcloud and Google at a step: the next run finishes what is left.
import { spawnSync } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { run } from '../../../../scripts/deploy/run.ts';
import type { FakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { deploy, planFor, toolsFor, withProject } from '../gcloud-deployment.ts';

const ENV = {
  REDIS_HOST: '10.1.2.3',
  REDIS_SECURITY: 'plain',
  NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
  CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
  NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
};

const hasGcloud = spawnSync('gcloud', ['--version']).status === 0;
if (!hasGcloud) console.log('skipped: gcloud is not installed');

async function assertFinishes(fake: FakeGcp, root: string, step: string): Promise<void> {
  const { outcome } = await deploy(fake, root, { env: ENV, steps: [step] });
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
  const { changed } = await deploy(fake, root, { env: ENV, steps: [step] });
  assert.equal(changed, []);
}

/**
 * Registers the tests of one step.
 *
 * @param request makes the thing; `command` sends it.
 */
export function testFaultsAt(step: string, { request, command }: { request: RegExp; command: string }): void {
  if (!hasGcloud) return;

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
