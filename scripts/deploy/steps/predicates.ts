// How a task sees in what gcloud printed that there is nothing left to do.
import { type Argv, at, json, type Reading, type Task } from '../../gcloud/step.ts';

export const exists = ([reading]: readonly Reading[]): boolean => reading?.found === true;

export interface Binding {
  title: string;
  /** The noun: `projects`, `pubsub topics`, ... */
  resource: Argv;
  /** Its name and flags such as the region. */
  target: Argv;
  member: string;
  role: string;
  isProject?: boolean;
}

/** A role bound to a member on one resource. gcloud's `--condition=None` exists on projects only. */
export function binding(options: Binding): Task {
  const { title, resource, target, member, role, isProject = false } = options;
  return {
    title,
    reads: [['gcloud', ...resource, 'get-iam-policy', ...target, '--format=json']],
    isDone: ([policy], fill) => hasBinding(json(policy), fill(member), role),
    // A role on a whole project is asked for: the project may be another than was meant.
    ...(isProject ? { isNew: () => true } : {}),
    change: {
      argv: [
        'gcloud',
        ...resource,
        'add-iam-policy-binding',
        ...target,
        `--member=${member}`,
        `--role=${role}`,
        ...(isProject ? ['--condition=None'] : []),
      ],
    },
  };
}

export function hasBinding(policy: unknown, member: string, role: string): boolean {
  const bindings = at(policy, 'bindings');
  if (!Array.isArray(bindings)) return false;
  return bindings.some((entry: unknown) => {
    const members = at(entry, 'members');
    const isUnconditional = at(entry, 'condition') === undefined;
    return (
      at(entry, 'role') === role && isUnconditional && Array.isArray(members) && members.includes(member)
    );
  });
}
