import { SIGNING_KEY_MIN_BYTES } from '../../../relay/identity/limits.ts';
import type { EventKind } from '../../../shared/event.ts';
import { withProject } from '../../gcloud/project.ts';
import { at, json, type Plan, type Step, type Task } from '../../gcloud/step.ts';
import type { DeploySettings } from '../settings/deploy-settings.ts';
import type { Reference } from './settings.ts';

export const RETIRE = 'retire';

/**
 * A deployment over a running reference that loses no event. The functions come before the relay: from the moment their
 * triggers exist every event is in the log, too, so a desktop that comes to the new relay finds what it missed. The old
 * revision keeps its sockets for up to an hour, and these desktops live on what the interceptor is sent: so the old
 * subscriptions stay until {@link RETIRE}, a step of its own that is run later.
 */
export function migrationPlan(
  deployment: Plan,
  settings: DeploySettings,
  reference: Reference,
  { retires }: { retires: boolean },
): Plan {
  const relay = deployment.steps.filter(({ key }) => key === 'relay');
  return {
    ...deployment,
    steps: [
      ...deployment.steps
        .filter((step) => !relay.includes(step))
        .map((step) => ({ ...step, tasks: step.tasks.map((task) => strongKey(task, settings)) })),
      ...relay.map((step) => ({ ...step, needs: [...step.needs, 'functions', 'subscriptions'] })),
      ...(retires ? [retireStep(settings, reference)] : []),
    ],
  };
}

/**
 * Looks at the key itself, and not only whether there is one. That of the reference has 20 characters from one of 32,768
 * values, and has never signed anything: tokens are signed with an empty one. The relay does not start with such a key.
 */
function strongKey(task: Task, settings: DeploySettings): Task {
  const { argv, input } = task.change;
  if (input?.from !== 'random' || !argv.includes(settings.jwtSecret)) return task;
  const access = ['gcloud', 'secrets', 'versions', 'access', 'latest', `--secret=${settings.jwtSecret}`];
  return {
    ...task,
    reads: [withProject(access, settings)],
    isDone: ([latest]) =>
      latest?.found === true && Buffer.byteLength(latest.text.trim()) >= SIGNING_KEY_MIN_BYTES,
  };
}

function retireStep(settings: DeploySettings, { subscriptions }: Reference): Step {
  return {
    key: RETIRE,
    title: 'Delete the subscriptions of the interceptor (an hour after the relay was deployed)',
    needs: ['functions', 'subscriptions', 'relay'],
    permissions: ['pubsub.subscriptions.get', 'pubsub.subscriptions.delete'],
    tasks: [...settings.topics].flatMap(([kind, topic]) => {
      const subscription = subscriptions.get(kind);
      return subscription === undefined ? [] : [retireTask(settings, kind, topic, subscription)];
    }),
  };
}

/** Another subscription of that name, which does not push this topic to an interceptor, is left alone. */
function retireTask(settings: DeploySettings, kind: EventKind, topic: string, subscription: string): Task {
  const subscriptions = ['gcloud', 'pubsub', 'subscriptions'];
  return {
    title: `end of subscription ${subscription}`,
    reads: [withProject([...subscriptions, 'describe', subscription, '--format=json'], settings)],
    isDone: ([reading]) => {
      const found = json(reading);
      const endpoint = String(at(found, 'pushConfig', 'pushEndpoint'));
      const isOfInterceptor =
        at(found, 'topic') === `projects/${settings.projectId}/topics/${topic}` &&
        endpoint.endsWith(`/${kind}`);
      return !isOfInterceptor;
    },
    change: { argv: withProject([...subscriptions, 'delete', subscription], settings) },
  };
}
