import { DeclinedError, InterruptedError, TaskError } from './failure.ts';
import type { Progress } from './progress.ts';
import { refusalRemedy } from './refusals.ts';
import { createTaskRunner } from './run-task.ts';
import { type Plan, type Step, stepNamed } from './step.ts';
import type { Tools } from './tools.ts';

export type Outcome =
  | { state: 'done'; changed: number; unchanged: number }
  /** Running again goes on at the first task that is not done. */
  | { state: 'failed' | 'interrupted' | 'declined'; step: string; message: string };

/**
 * Makes every change of the plan that is not made yet, in order, and stops at the first that cannot be made. Nothing is
 * kept between runs: what is done is seen in the project itself.
 *
 * @param only Runs this one step, after looking that those it needs are done.
 * @throws {Error} when there is no step of that name, or a program cannot be started.
 */
export async function run(plan: Plan, tools: Tools, progress: Progress, only?: string): Promise<Outcome> {
  const runner = createTaskRunner(plan, tools, progress);
  const steps = only === undefined ? plan.steps : [stepNamed(plan, only)];
  const counts = { changed: 0, unchanged: 0 };
  for (const [index, step] of steps.entries()) {
    progress.step(step, index + 1, steps.length);
    try {
      if (only !== undefined) await demandNeeds(plan, step, runner.isDone);
      for (const task of step.tasks) {
        progress.begin?.(task.title);
        const outcome = await runner.ensure(task);
        counts[outcome]++;
        progress.task(task.title, outcome);
      }
    } catch (error) {
      if (error instanceof InterruptedError)
        return { state: 'interrupted', step: step.key, message: 'interrupted: run it again to continue' };
      if (error instanceof DeclinedError)
        return { state: 'declined', step: step.key, message: error.message };
      if (error instanceof TaskError)
        return { state: 'failed', step: step.key, message: withRemedy(step, error) };
      throw error;
    }
  }
  return { state: 'done', ...counts };
}

async function demandNeeds(
  plan: Plan,
  step: Step,
  isDone: (task: Step['tasks'][number]) => Promise<boolean>,
) {
  for (const key of step.needs) {
    for (const task of stepNamed(plan, key).tasks) {
      if (await isDone(task)) continue;
      throw new TaskError('permanent', `${task.title} is missing: run --only ${key} first`);
    }
  }
}

function withRemedy(step: Step, error: TaskError): string {
  const remedies: Partial<Record<TaskError['kind'], string>> = {
    forbidden: `The account needs on the project: ${step.permissions.join(', ')}`,
    transient: 'Google did not answer properly for too long: run it again later to continue',
    exists: 'It exists and is not ready: look at it in the console, and run it again',
  };
  const remedy = refusalRemedy(error.message) ?? remedies[error.kind];
  return remedy === undefined ? error.message : `${error.message}\n${remedy}`;
}
