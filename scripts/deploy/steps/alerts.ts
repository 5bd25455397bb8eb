import { type Argv, at, json, type Reading, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import { deadLetterSubscription, functionName } from '../settings/names.ts';
import { subscriptionLookup } from './subscriptions.ts';

const PROGRAM = ['node', 'scripts/deploy/alerts/main.ts'];

const LOOKING = ['monitoring.alertPolicies.list', 'monitoring.dashboards.get'];
const REMOVAL = [...LOOKING, 'monitoring.alertPolicies.delete', 'monitoring.dashboards.delete'];

/**
 * Makes the alert policies and the dashboard where NOTIFICATION_CHANNELS says whom they tell, and removes those of an earlier
 * deployment where it is empty.
 */
export function alertsStep(settings: DeploySettings): Step {
  const { notificationChannels } = settings;
  const isWanted = notificationChannels.length > 0;
  return {
    key: 'alerts',
    title: 'Make the alert policies and the dashboard',
    needs: isWanted ? ['subscriptions'] : [],
    // Most deployments have no alerts, and their accounts need no right to look for those of an earlier one.
    permissions: isWanted
      ? [
          ...REMOVAL,
          'monitoring.alertPolicies.create',
          'monitoring.alertPolicies.update',
          'monitoring.dashboards.create',
          'monitoring.dashboards.update',
          'monitoring.notificationChannels.get',
        ]
      : [],
    tasks: [alertsTask(settings)],
  };
}

/** Looks whether the channels are there, and prints them. */
export function showChannels(settings: DeploySettings): Argv {
  return [...PROGRAM, 'channels', ...owner(settings), ...channels(settings)];
}

function owner({ region, relayName }: DeploySettings): string[] {
  return [`--region=${region}`, `--service=${relayName}`];
}

function channels({ notificationChannels }: DeploySettings): string[] {
  return notificationChannels.map((channel) => `--channel=${channel}`);
}

function alertsTask(settings: DeploySettings): Task {
  const { topics, relayName, notificationChannels, functionSuffix } = settings;
  const isWanted = notificationChannels.length > 0;
  const flags = isWanted
    ? [
        ...owner(settings),
        ...channels(settings),
        ...[...topics.keys()].flatMap((kind) => [
          `--function=${functionName(settings, kind)}`,
          `--subscription={{${subscriptionLookup(kind)}}}`,
        ]),
        ...(functionSuffix === undefined ? [] : [`--function-suffix=${functionSuffix}`]),
        `--dead-letters=${deadLetterSubscription(settings)}`,
      ]
    : owner(settings);
  const differences = ([reading]: readonly Reading[]) => listed(reading, 'differences');
  return {
    title: isWanted
      ? `alert policies and dashboard of ${relayName}`
      : `no alert policies, since NOTIFICATION_CHANNELS is not set`,
    reads: [[...PROGRAM, 'show', ...flags, ...(isWanted ? [] : ['--if-permitted'])]],
    isDone: (readings) => differences(readings).length === 0,
    differences,
    isNew: ([reading]) => isWanted && listed(reading, 'present').length === 0,
    drift: ([reading]) =>
      isWanted ? listed(reading, 'disabled').map((title) => `have "${title}" disabled`) : hidden(reading),
    ...(isWanted ? {} : { onlyMends: true as const }),
    change: { argv: [...PROGRAM, 'apply', ...flags] },
    undo: {
      title: `alert policies and dashboard of ${relayName}`,
      reads: [[...PROGRAM, 'show', ...owner(settings)]],
      owner: ([reading]) => (listed(reading, 'present').length > 0 ? 'ours' : 'gone'),
      argv: [...PROGRAM, 'delete', ...owner(settings)],
      permissions: REMOVAL,
    },
  };
}

function hidden(reading: Reading | undefined): string[] {
  if (at(json(reading), 'isHidden') !== true) return [];
  return [
    `(not checked: those of an earlier deployment would stay, because the account lacks ${LOOKING.join(' or ')})`,
  ];
}

function listed(reading: Reading | undefined, member: string): string[] {
  const found = at(json(reading), member);
  return Array.isArray(found) ? found.map(String) : [];
}
