// A project that only knows which tasks are done: enough for the runner, and nothing like as slow as gcloud.
import type { Exec, ExecResult } from '../../../scripts/gcloud/exec.ts';
import type { Plan, Task } from '../../../scripts/gcloud/step.ts';

export interface Imitation {
  plan: Plan;
  exec: Exec;
  /** Titles of the changes made, in order, one for each time. */
  made: string[];
  /** Everything that was on a command line. */
  lines: string[];
  /** Answers the next attempt at this change; `applied` says that the change is made all the same. */
  failNext(title: string, result: ExecResult, applied: boolean): void;
  /** Called before the change of that title. */
  onChange(title: string, then: () => void): void;
}

const DONE: ExecResult = { code: 0, stdout: 'value', stderr: '' };

/** The plan with predicates that ask the imitation, and a program that carries out its changes. */
export function imitate(real: Plan): Imitation {
  const done = new Set<Task>();
  const made: string[] = [];
  const lines: string[] = [];
  const faults = new Map<string, { result: ExecResult; applied: boolean }>();
  const hooks = new Map<string, () => void>();
  const byChange = new Map<string, Task>();
  const steps = real.steps.map((step) => ({
    ...step,
    tasks: step.tasks.map((task) => {
      const own: Task = { ...task, isDone: () => done.has(own) };
      byChange.set(keyOf(task.change.argv), own);
      return own;
    }),
  }));
  const exec: Exec = async (argv, { stdin, signal }) => {
    lines.push(argv.join(' '));
    const task = byChange.get(keyOf(argv));
    if (task === undefined) return DONE;
    hooks.get(task.title)?.();
    if (signal?.aborted) return { code: undefined, stdout: '', stderr: '' };
    if (task.change.input !== undefined && !stdin) throw new Error(`${task.title} got no input`);
    const fault = faults.get(task.title);
    faults.delete(task.title);
    if (fault !== undefined && !fault.applied) return fault.result;
    done.add(task);
    made.push(task.title);
    return fault?.result ?? DONE;
  };
  return {
    plan: { ...real, steps },
    exec,
    made,
    lines,
    failNext: (title, result, applied) => faults.set(title, { result, applied }),
    onChange: (title, then) => hooks.set(title, then),
  };
}

/** A command without what the runner fills in. */
function keyOf(argv: readonly string[]): string {
  return argv
    .filter(
      (argument) => !/^--(?:set-env-vars|set-secrets|update-labels=config-digest|member)=/.test(argument),
    )
    .concat(
      argv
        .filter((argument) => argument.startsWith('--member='))
        .map((m) => m.replace(/-(?:\{\{PROJECT_NUMBER\}\}|value)@/, '@')),
    )
    .map((argument) => argument.replace(/^\{\{SUBSCRIPTION_\w+\}\}$/, 'value'))
    .join(' ');
}
