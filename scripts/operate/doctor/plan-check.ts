import { TaskError } from '../../gcloud/failure.ts';
import type { TaskRunner } from '../../gcloud/run-task.ts';
import type { Plan, Step, Task } from '../../gcloud/step.ts';
import { type Finding, fault, note, ok } from './finding.ts';
import { unseen } from './unseen.ts';

/** Calls of gcloud at a time: each takes a second of a processor. */
const AT_ONCE = 4;

/**
 * What the steps of a deployment see for themselves: APIs, accounts, roles, topics, secrets, services, subscriptions. Each
 * step is told as soon as it was looked at, since all of them take half a minute.
 */
export async function* checkPlan(
  { steps }: Pick<Plan, 'steps'>,
  runner: Pick<TaskRunner, 'differences' | 'drift'>,
): AsyncGenerator<Finding> {
  for (const step of steps) {
    const faults = (await inTurns(step.tasks, (task) => look(step, task, runner))).flat();
    if (faults.length === 0) yield ok(step.key, `all ${step.tasks.length} as they should be`);
    else yield* faults;
  }
}

async function look(
  step: Step,
  task: Task,
  { differences, drift }: Pick<TaskRunner, 'differences' | 'drift'>,
): Promise<Finding[]> {
  const remedy = `npm run deploy -- --only ${step.key}`;
  try {
    const faults = (await differences(task)).map((difference) =>
      fault(step.key, `${task.title} ${difference}`, remedy),
    );
    const notes = (await drift(task)).map((difference) =>
      note(step.key, `${task.title} ${difference}`, 'npm run deploy leaves it as it is'),
    );
    return [...faults, ...notes];
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return [unseen(step.key, error, remedy, { subject: task.title })];
  }
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE)
    results.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(work))));
  return results;
}
