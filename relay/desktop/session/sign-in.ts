import { type ReadonlySignal, signal } from '@preact/signals';
import { Unauthorized } from '../../client/errors.ts';
import { clockSkew } from '../connection/clock-skew.ts';
import { isObject } from '../events/json.ts';

/** The agent's registration with the relay. */
export interface SignIn {
  /**
   * Registers and gives the new token.
   *
   * @throws {Unauthorized} when the relay does not accept the agent.
   * @throws {Error} when it cannot tell at the moment.
   */
  register(): Promise<string>;
  /** The token that was given last, or a first one. */
  token(): Promise<string>;
  /** Calls a route of the relay with the token, and once more with a new one when it has expired. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Whether the token is a supervisor's, who may look and not act. */
  isSupervisor: ReadonlySignal<boolean>;
  /** How far this computer's clock is ahead of the relay's, in milliseconds. */
  skewMs(): number;
}

const UNAUTHORIZED = 401;

/** @param credential the agent's, as `POST /register` takes it; undefined where the relay asks for none. */
export function createSignIn(
  request: typeof fetch,
  now: () => number,
  credential: () => Promise<string | undefined> = async () => undefined,
): SignIn {
  const isSupervisor = signal(false);
  let token: Promise<string> | undefined;
  let skewMs = 0;

  async function post(): Promise<string> {
    const shown = await credential();
    const response = await request('register', {
      method: 'POST',
      ...(shown === undefined ? {} : { headers: { authorization: shown } }),
    });
    if (response.status === UNAUTHORIZED) throw new Unauthorized();
    if (!response.ok) throw new Error(`registration was refused (HTTP ${response.status})`);
    skewMs = clockSkew(response.headers.get('date'), now());
    const { token: given } = (await response.json()) as { token: string };
    isSupervisor.value = roleIn(given) === 'supervisor';
    return given;
  }

  function register(): Promise<string> {
    const attempt = post();
    token = attempt;
    attempt.catch(() => {
      if (token === attempt) token = undefined;
    });
    return attempt;
  }

  async function call(path: string, init: RequestInit, given: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('authorization', given);
    return request(path, { ...init, headers });
  }

  return {
    register,
    token: () => token ?? register(),
    async fetch(path, init = {}) {
      const response = await call(path, init, await (token ?? register()));
      return response.status === UNAUTHORIZED ? call(path, init, await register()) : response;
    },
    isSupervisor,
    skewMs: () => skewMs,
  };
}

/** The role that a token names; its signature is the relay's business. */
function roleIn(token: string): unknown {
  try {
    const claims: unknown = JSON.parse(
      atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')),
    );
    return isObject(claims) ? claims.role : undefined;
  } catch {
    return undefined;
  }
}
