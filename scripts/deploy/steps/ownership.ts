// How a teardown knows what a deployment made. Most things carry a label, given as they are made; a thing that was there
// before has none, and stays.

import { type Argv, at, json, type Reading, type Task, type Undo } from '../../gcloud/step.ts';
import type { Account, DeploySettings } from '../settings/deploy-settings.ts';
import { type Binding, binding, hasBinding } from './predicates.ts';

const KEY = 'made-by';
const MAKER = 'agent-assist-relay';

/** For every `create` that takes labels. */
export const OWNED_FLAG = `--labels=${KEY}=${MAKER}`;
/** For accounts, which take no labels. */
export const OWNED_DESCRIPTION = 'Made by the deployment of agent-assist-relay';

/** Whether network and Redis belong to several deployments of the project, told apart by their functions' names. */
export function sharesProject({ functionSuffix }: DeploySettings): boolean {
  return functionSuffix !== undefined;
}

/** Whether a deployment made what was printed as JSON. */
export function isLabelled(reading: Reading | undefined): boolean {
  return at(json(reading), 'labels', KEY) === MAKER;
}

/** Takes away what carries the label. `read` prints it as JSON. */
export function undoLabelled({ read, ...undo }: Omit<Undo, 'reads' | 'owner'> & { read: Argv }): Undo {
  return {
    ...undo,
    reads: [read],
    owner: ([reading]) => {
      if (reading?.found !== true) return 'gone';
      return isLabelled(reading) ? 'ours' : 'theirs';
    },
  };
}

export function describeAccount({ email }: Account): Argv {
  return ['gcloud', 'iam', 'service-accounts', 'describe', email, '--format=json'];
}

export function isOwnAccount(account: Reading | undefined): boolean {
  return at(json(account), 'description') === OWNED_DESCRIPTION;
}

/** A role of an account on something that outlives it: deleting the account would leave the grant behind. */
export function revocableBinding(
  options: Omit<Binding, 'member'> & {
    account: Account;
    permissions: readonly string[];
    isShared?: boolean;
  },
): Task {
  const { account, permissions, isShared = false, ...rest } = options;
  const member = `serviceAccount:${account.email}`;
  const task = binding({ ...rest, member });
  return {
    ...task,
    undo: {
      title: `${rest.role} of ${account.email}${rest.isProject ? '' : ` on ${rest.target[0]}`}`,
      reads: [...task.reads, describeAccount(account)],
      owner: ([policy, found]) => {
        if (!hasBinding(json(policy), member, rest.role)) return 'gone';
        return isOwnAccount(found) ? 'ours' : 'theirs';
      },
      argv: task.change.argv.map((word) =>
        word === 'add-iam-policy-binding' ? 'remove-iam-policy-binding' : word,
      ),
      permissions,
      isShared,
    },
  };
}
