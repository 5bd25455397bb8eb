// The layers of the project: which folder may import from which. `npm run check` holds it through the rules that
// lint-rules.ts makes of this table, and architecture.test.ts holds it together with docs/architecture.md.

/** A folder with its subfolders, less those that have a row of their own. */
export interface Layer {
  /** Layers above this one in the table, beside `shared/` and the layer itself. */
  imports: readonly string[];
  /** Whether a desktop cannot do without it: register, join, receive events and call Dialogflow. */
  isCore?: true;
}

/** From the bottom to the top. `shared/` may be imported everywhere. */
export const LAYERS: Readonly<Record<string, Layer>> = {
  shared: { imports: [] },
  functions: { imports: [] },

  'relay/delivery': { imports: [], isCore: true },
  'relay/tracing': { imports: ['relay/delivery'] },
  'relay/delivery/presence': { imports: [] },
  'relay/delivery/pubsub/cluster': { imports: ['relay/delivery'] },
  'relay/delivery/pubsub': { imports: ['relay/delivery', 'relay/delivery/pubsub/cluster'], isCore: true },
  'relay/redis-health': { imports: [] },
  'relay/google': { imports: [], isCore: true },
  'relay/outbound-http': { imports: [] },
  'relay/http/browsers': { imports: [] },
  'relay/refusals': { imports: ['relay/http/browsers'] },
  'relay/identity': { imports: [], isCore: true },
  'relay/identity/rotation': { imports: ['relay/identity'] },
  'relay/secret-manager': { imports: ['relay/identity', 'relay/identity/rotation'] },
  'relay/providers': {
    imports: ['relay/outbound-http', 'relay/identity', 'relay/identity/rotation', 'relay/secret-manager'],
  },
  'relay/access': { imports: ['relay/outbound-http', 'relay/identity', 'relay/refusals'] },
  'relay/rate-limits': { imports: ['relay/identity', 'relay/access', 'relay/refusals'] },
  'relay/session': {
    imports: ['relay/delivery', 'relay/identity', 'relay/access', 'relay/rate-limits', 'relay/refusals'],
    isCore: true,
  },
  'relay/session/resume': {
    imports: ['relay/delivery', 'relay/identity', 'relay/access', 'relay/session', 'relay/refusals'],
  },
  'relay/trace': {
    imports: ['relay/delivery', 'relay/access', 'relay/session', 'relay/session/resume', 'relay/refusals'],
  },
  'relay/http': {
    imports: ['relay/http/browsers', 'relay/identity', 'relay/access', 'relay/rate-limits', 'relay/refusals'],
    isCore: true,
  },
  'relay/http/routes': {
    imports: ['relay/identity', 'relay/providers', 'relay/access', 'relay/http', 'relay/refusals'],
    isCore: true,
  },
  'relay/service-callers': { imports: ['relay/identity', 'relay/http'] },
  'relay/integration-keys': { imports: ['relay/access', 'relay/http'] },
  'relay/conversations': {
    imports: ['relay/delivery', 'relay/access', 'relay/rate-limits', 'relay/http'],
  },
  'relay/http/pages': { imports: ['relay/http'] },
  'relay/dialogflow': {
    imports: ['relay/google', 'relay/identity', 'relay/access', 'relay/rate-limits', 'relay/http'],
    isCore: true,
  },
  'relay/admin': {
    imports: [
      'relay/identity',
      'relay/identity/rotation',
      'relay/secret-manager',
      'relay/access',
      'relay/session',
      'relay/trace',
      'relay/http',
      'relay/integration-keys',
      'relay/refusals',
    ],
  },
  'relay/streams': {
    imports: [
      'relay/google',
      'relay/identity',
      'relay/access',
      'relay/rate-limits',
      'relay/session',
      'relay/refusals',
    ],
  },
  'relay/websocket': {
    imports: [
      'relay/delivery',
      'relay/identity',
      'relay/access',
      'relay/rate-limits',
      'relay/session',
      'relay/streams',
      'relay/http/browsers',
      'relay/refusals',
    ],
    isCore: true,
  },
  'relay/socketio/door': {
    imports: ['relay/rate-limits', 'relay/http', 'relay/http/browsers', 'relay/refusals', 'relay/identity'],
  },
  'relay/socketio': {
    imports: [
      'relay/socketio/door',
      'relay/identity',
      'relay/access',
      'relay/rate-limits',
      'relay/session',
      'relay/session/resume',
      'relay/http',
      'relay/streams',
      'relay/refusals',
    ],
    isCore: true,
  },
  'relay/metrics': {
    imports: [
      'relay/delivery',
      'relay/redis-health',
      'relay/session',
      'relay/http/routes',
      'relay/streams',
      'relay/refusals',
    ],
  },
  'relay/client': { imports: [] },
  'relay/desktop': { imports: ['relay/client'] },
  'relay/desktop/wall': { imports: ['relay/desktop'] },
  relay: {
    imports: [
      'relay/delivery',
      'relay/tracing',
      'relay/delivery/presence',
      'relay/delivery/pubsub',
      'relay/redis-health',
      'relay/google',
      'relay/outbound-http',
      'relay/identity',
      'relay/identity/rotation',
      'relay/secret-manager',
      'relay/providers',
      'relay/access',
      'relay/rate-limits',
      'relay/session',
      'relay/session/resume',
      'relay/trace',
      'relay/http/browsers',
      'relay/http',
      'relay/http/routes',
      'relay/http/pages',
      'relay/service-callers',
      'relay/integration-keys',
      'relay/conversations',
      'relay/dialogflow',
      'relay/admin',
      'relay/streams',
      'relay/websocket',
      'relay/socketio',
      'relay/metrics',
      'relay/refusals',
    ],
    isCore: true,
  },

  scripts: { imports: [] },
  'scripts/build': { imports: [] },
  'scripts/cli': { imports: [] },
  'scripts/gcloud': { imports: ['scripts', 'scripts/cli'] },
  'scripts/local': { imports: ['scripts'] },
  'scripts/calls': { imports: ['scripts/cli', 'scripts/local'] },
  'scripts/demo/control': { imports: ['scripts/local', 'scripts/calls'] },
  'scripts/demo/drawer': { imports: ['relay/desktop', 'scripts/calls', 'scripts/demo/control'] },
  'scripts/demo': { imports: ['scripts/cli', 'scripts/local', 'scripts/calls', 'scripts/demo/control'] },
  'scripts/pictures': { imports: ['scripts/cli', 'scripts/local', 'scripts/calls', 'scripts/demo'] },
  'scripts/operate/costs': { imports: ['scripts/cli'] },
  'scripts/monitoring': { imports: [] },
  'scripts/deploy': {
    imports: [
      'functions',
      'relay/identity',
      'relay',
      'scripts',
      'scripts/cli',
      'scripts/gcloud',
      'scripts/operate/costs',
      'scripts/monitoring',
    ],
  },
  'scripts/load': { imports: ['relay/client', 'scripts/cli', 'scripts/local', 'scripts/calls'] },
  'scripts/simulate': {
    imports: [
      'relay/client',
      'scripts',
      'scripts/cli',
      'scripts/gcloud',
      'scripts/local',
      'scripts/calls',
      'scripts/deploy',
      'scripts/load',
    ],
  },
  'scripts/cloud-build': { imports: ['scripts/cli', 'scripts/deploy'] },
  'scripts/operate/doctor': {
    imports: ['relay/identity', 'scripts', 'scripts/cli', 'scripts/gcloud', 'scripts/deploy'],
  },
  'scripts/operate/replay-dead-letters': {
    imports: ['scripts', 'scripts/cli', 'scripts/gcloud', 'scripts/deploy'],
  },
  'scripts/operate/rotate-secret': {
    imports: ['relay', 'scripts/cli', 'scripts/gcloud', 'scripts/deploy'],
  },
  'scripts/operate/trace': {
    imports: [
      'relay/trace',
      'scripts',
      'scripts/cli',
      'scripts/gcloud',
      'scripts/deploy',
      'scripts/operate/doctor',
      'scripts/operate/replay-dead-letters',
    ],
  },
  'scripts/operate/teardown': { imports: ['scripts/cli', 'scripts/gcloud', 'scripts/deploy'] },

  bench: {
    imports: [
      'relay/identity/rotation',
      'relay/identity',
      'relay/socketio',
      'relay/client',
      'relay',
      'scripts',
      'scripts/build',
      'scripts/cli',
      'scripts/local',
      'scripts/operate/costs',
    ],
  },
};

/** The layers that a layer may import, itself included. */
export function allowedOf(layer: string): string[] {
  return [layer, 'shared', ...(LAYERS[layer]?.imports ?? [])];
}

/** Lines of the core at most: a reader takes it in within a day. */
export const CORE_LINES_MAX = 5_000;

/** The layer that a file or a folder belongs to, by its path from the root. */
export function layerOf(path: string): string | undefined {
  const parts = path.split('/');
  for (let length = parts.length; length > 0; length--) {
    const folder = parts.slice(0, length).join('/');
    if (Object.hasOwn(LAYERS, folder)) return folder;
  }
  return undefined;
}
