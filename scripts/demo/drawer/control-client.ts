import { type DemoState, type FaultName, PATHS, type Settings, type StateRequest } from '../control/api.ts';

/** The control server, as the drawer sees it. Each method rejects when it does not answer, or refuses. */
export interface ControlClient {
  state(request: StateRequest): Promise<DemoState>;
  set(settings: Settings): Promise<void>;
  /** @param scenario null for all in turn. */
  play(scenario: string | null): Promise<void>;
  fault(fault: FaultName): Promise<void>;
}

const REQUEST_LIMIT_MS = 5_000;

export function createControlClient(origin: string, request: typeof fetch = fetch): ControlClient {
  async function post(path: string, body: object): Promise<unknown> {
    const response = await request(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
    });
    if (!response.ok) throw new Error(`the demo refuses ${path} (HTTP ${response.status})`);
    return response.json();
  }

  return {
    state: async (body) => (await post(PATHS.state, body)) as DemoState,
    async set(settings) {
      await post(PATHS.settings, settings);
    },
    async play(scenario) {
      await post(PATHS.play, { scenario });
    },
    async fault(fault) {
      await post(PATHS.fault, { fault });
    },
  };
}
