import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { withProject } from '../../gcloud/project.ts';
import { type Argv, at, json, type Plan, type Task } from '../../gcloud/step.ts';
import { type Rotation, readVersions } from './rotation.ts';

const KEY_BYTES = 32;

/** Lists all versions of the key's secret, whatever their state. */
export function listVersions(settings: DeploySettings): Argv {
  return withProject(
    ['gcloud', 'secrets', 'versions', 'list', settings.jwtSecret, '--format=json'],
    settings,
  );
}

/**
 * The rotation as tasks of the deployment's runner: a call whose answer was lost is looked for before it is repeated.
 *
 * @param newest The highest number that a version had before; a higher one is the key that this plan adds.
 */
export function rotationPlan(settings: DeploySettings, change: Rotation, newest: number): Plan {
  const { jwtSecret } = settings;
  const add: Task = {
    title: `a key of ${KEY_BYTES * 8} random bits in ${jwtSecret}`,
    reads: [listVersions(settings)],
    isDone: ([listing]) => readVersions(json(listing)).some((version) => version.number > newest),
    change: {
      argv: withProject(['gcloud', 'secrets', 'versions', 'add', jwtSecret, '--data-file=-'], settings),
      input: { from: 'random', bytes: KEY_BYTES },
    },
  };
  return {
    lookups: {},
    steps: [
      {
        key: 'rotate',
        title: `Rotate ${jwtSecret}`,
        needs: [],
        permissions: [
          ...['secretmanager.versions.add', 'secretmanager.versions.list', 'secretmanager.versions.get'],
          ...['secretmanager.versions.disable', 'secretmanager.versions.destroy'],
        ],
        tasks: [
          ...(change.add ? [add] : []),
          ...change.disable.map((number) => stateTask(settings, 'disable', number)),
          ...change.destroy.map((number) => stateTask(settings, 'destroy', number)),
        ],
      },
    ],
  };
}

function stateTask(settings: DeploySettings, verb: 'disable' | 'destroy', number: number): Task {
  const { jwtSecret } = settings;
  const version = [String(number), `--secret=${jwtSecret}`];
  const wanted = verb === 'disable' ? ['DISABLED', 'DESTROYED'] : ['DESTROYED'];
  return {
    title: `version ${number} ${verb === 'disable' ? 'disabled' : 'destroyed'}`,
    reads: [
      withProject(['gcloud', 'secrets', 'versions', 'describe', ...version, '--format=json'], settings),
    ],
    isDone: ([reading]) => wanted.includes(String(at(json(reading), 'state'))),
    change: { argv: withProject(['gcloud', 'secrets', 'versions', verb, ...version], settings) },
  };
}
