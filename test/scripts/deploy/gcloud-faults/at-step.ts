// What goes wrong between the real gcloud and Google at a step: the next run finishes what is left.
import * as assert from 'uvu/assert';
import { run } from '../../../../scripts/gcloud/run.ts';
import { haveSteps } from '../../../helpers/fake-gcp/established.ts';
import type { FakeGcp } from '../../../helpers/fake-gcp/server.ts';
import { withGcloud } from '../../../helpers/gcloud.ts';
import { deploy, planFor, SMALLEST, toolsFor, withProject } from '../gcloud-deployment.ts';

async function assertFinishes(fake: FakeGcp, root: string, step: string): Promise<void> {
  const { outcome } = await deploy(fake, root, { env: SMALLEST, steps: [step] });
  assert.is(outcome.state, 'done', JSON.stringify(outcome));
  const { changed } = await deploy(fake, root, { env: SMALLEST, steps: [step] });
  assert.equal(changed, []);
}

/**
 * Registers the tests of one step.
 *
 * @param request makes the thing; `command` sends it.
 */
export function testFaultsAt(step: string, { request, command }: { request: RegExp; command: string }): void {
  withGcloud(`${step}: 403 stops the run with its permissions; the next one finishes`, () =>
    withProject(async (fake, root) => {
      fake.failNext(request, 403, 'PERMISSION_DENIED');
      const { outcome } = await deploy(fake, root, { env: SMALLEST, steps: [step] });
      assert.is(outcome.state, 'failed');
      assert.match('message' in outcome ? outcome.message : '', 'The account needs on the project: ');
      await assertFinishes(fake, root, step);
    }),
  );

  withGcloud(`${step}: 409 for what has been made all the same counts as made`, () =>
    withProject(async (fake, root) => {
      fake.failNext(request, 409, 'ALREADY_EXISTS', { applied: true });
      await assertFinishes(fake, root, step);
    }),
  );

  withGcloud(`${step}: Ctrl-C within the command stops the run, and the next one finishes`, () =>
    withProject(async (fake, root) => {
      const interruption = new AbortController();
      const tools = toolsFor(fake, root);
      const whole = planFor({ env: SMALLEST, steps: [step] });
      haveSteps(fake.state, whole.settings, [step]);
      const outcome = await run(
        whole,
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
    }),
  );
}
