// Eventarc's triggers, each with the subscription that Eventarc makes for it.
import { actAsFault, eventarcFault } from './body-refusals.ts';
import { asObject, type Json, missing, ok, type Route, type State } from './state.ts';

const LOCATION = 'projects/[^/]+/locations/[^/]+';
const TRIGGER = `${LOCATION}/triggers/[^/:]+`;

export const eventarcRoutes: Route[] = [
  {
    api: 'eventarc',
    method: 'GET',
    path: new RegExp(`^v1/(${TRIGGER})$`),
    answer: ({ match: [, name = ''] }, state) => state.get(name),
  },
  {
    api: 'eventarc',
    method: 'POST',
    path: new RegExp(`^v1/(${LOCATION})/triggers$`),
    answer: ({ match: [, parent = ''], query, body }, state) => {
      const name = `${parent}/triggers/${query.get('triggerId')}`;
      const fault =
        eventarcFault(state, parent.split('/')[1] ?? '') ?? actAsFault(state, body.serviceAccount);
      if (fault !== undefined) return fault;
      const topic = String(asObject(asObject(body.transport).pubsub).topic);
      const { serviceAccount, ...rest } = body;
      const trigger = triggerFor(state, { name, topic, serviceAccount, rest });
      return ok(
        state.operation(parent, {
          '@type': 'type.googleapis.com/google.cloud.eventarc.v1.Trigger',
          ...trigger,
        }),
      );
    },
  },
  {
    api: 'eventarc',
    method: 'DELETE',
    path: new RegExp(`^v1/((${LOCATION})/triggers/[^/:]+)$`),
    answer: ({ match: [, name = '', parent = ''] }, state) => {
      if (!removeTrigger(state, name)) return missing(name);
      return ok(
        state.operation(parent, { '@type': 'type.googleapis.com/google.cloud.eventarc.v1.Trigger', name }),
      );
    },
  },
];

/** Makes a trigger and its subscription as Eventarc does: ten seconds to acknowledge, a first retry after ten more. */
export function triggerFor(
  state: State,
  options: { name: string; topic: string; serviceAccount: unknown; rest?: Json },
): Json {
  const { name, topic, serviceAccount, rest = {} } = options;
  const [, project = '', , , , id = ''] = name.split('/');
  const subscription = `projects/${project}/subscriptions/eventarc-${id.replace(/-000001$/, '')}-sub`;
  const trigger = { ...rest, name, serviceAccount, transport: { pubsub: { topic, subscription } } };
  state.resources.set(name, trigger);
  state.resources.set(subscription, {
    name: subscription,
    topic,
    ackDeadlineSeconds: 10,
    retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
    pushConfig: { pushEndpoint: 'https://x.a.run.app', oidcToken: { serviceAccountEmail: serviceAccount } },
  });
  return trigger;
}

/** @returns whether there was one. */
export function removeTrigger(state: State, name: string): boolean {
  const subscription = asObject(asObject(asObject(state.resources.get(name)).transport).pubsub).subscription;
  state.resources.delete(String(subscription));
  state.dropPolicies(String(subscription));
  return state.resources.delete(name);
}
