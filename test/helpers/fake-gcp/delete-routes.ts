// Taking away what the other routes have made.
import { missing, ok, type Route } from './state.ts';

const LOCATION = 'projects/[^/]+/locations/[^/]+';

function deleteRoute(api: string, path: string): Route {
  return {
    api,
    method: 'DELETE',
    path: new RegExp(`^v1/(${path})$`),
    answer: ({ match: [, name = ''] }, state) => {
      // An account may be named without its project, and what lies within a secret goes with it.
      const key = [...state.resources.keys()].find((each) => each === withProject(name));
      if (key === undefined) return missing(name);
      for (const each of [...state.resources.keys()])
        if (each === key || each.startsWith(`${key}/`)) state.resources.delete(each);
      state.policies.delete(key);
      state.renameDeleted(key.replace(/^.*\/serviceAccounts\//, ''));
      const [location] = new RegExp(LOCATION).exec(key) ?? [];
      return ok(
        location === undefined
          ? {}
          : state.operation(
              location,
              { '@type': 'type.googleapis.com/google.protobuf.Empty' },
              { '@type': 'type.googleapis.com/google.cloud.common.OperationMetadata', target: key },
            ),
      );
    },
  };
}

function withProject(name: string): string {
  return name.replace(/^projects\/-\/(serviceAccounts\/[^@]+@([^.]+))/, 'projects/$2/$1');
}

export const deleteRoutes: Route[] = [
  deleteRoute('pubsub', 'projects/[^/]+/(?:topics|subscriptions)/[^/:]+'),
  deleteRoute('secretmanager', 'projects/[^/]+/secrets/[^/:]+'),
  deleteRoute('redis', `${LOCATION}/(?:instances|clusters)/[^/]+`),
  deleteRoute('networkconnectivity', `${LOCATION}/serviceConnectionPolicies/[^/]+`),
  deleteRoute('vpcaccess', `${LOCATION}/connectors/[^/]+`),
  deleteRoute('artifactregistry', `${LOCATION}/repositories/[^/]+`),
  deleteRoute('iam', 'projects/[^/]+/serviceAccounts/[^/:]+'),
];
