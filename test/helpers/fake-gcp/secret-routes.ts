// One version of a secret: its state, and that a disabled one gives nothing away.
import { failure, missing, ok, type Route } from './state.ts';

const VERSION = 'projects/[^/]+/secrets/[^/]+/versions/\\d+';
const STATES: Readonly<Record<string, string>> = {
  enable: 'ENABLED',
  disable: 'DISABLED',
  destroy: 'DESTROYED',
};

export const secretRoutes: Route[] = [
  {
    api: 'secretmanager',
    method: 'GET',
    path: new RegExp(`^v1/(${VERSION})$`),
    answer: ({ match: [, name = ''] }, state) => {
      const found = state.resources.get(name);
      if (found === undefined) return missing(name);
      const { payload: _, ...version } = found;
      return ok(version);
    },
  },
  {
    api: 'secretmanager',
    method: 'POST',
    path: new RegExp(`^v1/(${VERSION}):(enable|disable|destroy)$`),
    answer: ({ match: [, name = '', verb = ''] }, state) => {
      const found = state.resources.get(name);
      if (found === undefined) return missing(name);
      if (found.state === 'DESTROYED')
        return failure(400, 'FAILED_PRECONDITION', `${name} is in DESTROYED state`);
      found.state = STATES[verb];
      const { payload: _, ...version } = found;
      return ok(version);
    },
  },
];
