import { ApiError, type ApiErrorKind, apiErrorOf } from './api-error.ts';

export interface RelayCall {
  method: 'GET' | 'POST' | 'PATCH';
  /** From the page's own folder, without a slash at its beginning. */
  path: string;
  body?: object;
  /** What the call counts for: after a `Retry-After`, calls of the same kind wait. */
  kind: string;
  /** Calls with the same key that are under way are one call. Without a key each call is sent. */
  once?: string;
}

/** Gives the parsed answer, or fails with an {@link ApiError}. */
export type CallRelay = (call: RelayCall) => Promise<unknown>;

/** The agent's registration with the relay. */
export interface TokenSource {
  /** The token that was given last, or a first one. */
  token(): Promise<string>;
  /** Registers and gives the new token; rejects with an `Unauthorized` where the relay does not accept the agent. */
  register(): Promise<string>;
}

export interface RelayCallsDeps {
  signIn: TokenSource;
  request: typeof fetch;
  /** Milliseconds since 1970. */
  now: () => number;
  timeoutMs?: number;
}

/** Longer than the relay waits for Dialogflow (30 s), so that its answer is heard. In milliseconds. */
const TIMEOUT_MS = 40_000;
const UNAUTHORIZED = 401;
/** A token that was taken away. To register again would undo that. */
const REVOKED = 'Your token was revoked.';

/**
 * The page's calls to the relay, with its token. A call is sent once. Only a call that the relay has refused for its
 * token is sent again, with a new one: such a call has not reached Dialogflow.
 */
export function createRelayCalls(deps: RelayCallsDeps): CallRelay {
  const { signIn, request, now, timeoutMs = TIMEOUT_MS } = deps;
  const underWay = new Map<string, Promise<unknown>>();
  /** By kind: what the last call was refused with, until its time has come. */
  const waits = new Map<string, ApiError>();

  async function send({ method, path, body }: RelayCall, token: string): Promise<Response> {
    const headers = { authorization: token, ...(body ? { 'content-type': 'application/json' } : {}) };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      return await request(path, {
        method,
        headers,
        signal,
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    } catch (cause) {
      throw new ApiError(nameOf(cause) === 'TimeoutError' ? 'timeout' : 'offline', { cause });
    }
  }

  async function failureOf(response: Response): Promise<ApiError> {
    const body: unknown = await response.json().catch(() => undefined);
    const retryAfter = response.headers.get('retry-after');
    return apiErrorOf({ status: response.status, retryAfter, body }, now());
  }

  async function attempt(call: RelayCall): Promise<unknown> {
    const token = await signedIn(signIn.token());
    let response = await send(call, token);
    if (response.status === UNAUTHORIZED) {
      const failure = await failureOf(response);
      if (failure.kind !== 'signed-out' || failure.detail === REVOKED) throw failure;
      // Another call may have registered meanwhile.
      const present = await signedIn(signIn.token());
      response = await send(call, present === token ? await signedIn(signIn.register()) : present);
    }
    if (!response.ok) throw await failureOf(response);
    return response.json().catch((cause: unknown) => {
      throw new ApiError('fault', { status: response.status, cause });
    });
  }

  async function guarded(call: RelayCall): Promise<unknown> {
    const wait = waits.get(call.kind);
    if (wait?.retryAt !== undefined && wait.retryAt > now()) throw wait;
    waits.delete(call.kind);
    try {
      return await attempt(call);
    } catch (error) {
      if (error instanceof ApiError && error.retryAt !== undefined) waits.set(call.kind, error);
      throw error;
    }
  }

  return (call) => {
    const { once } = call;
    if (once === undefined) return guarded(call);
    const same = underWay.get(once);
    if (same !== undefined) return same;
    const sent = guarded(call).finally(() => underWay.delete(once));
    underWay.set(once, sent);
    return sent;
  };
}

/** What a registration failed with, by the name of the error. `fetch` fails with a TypeError where nobody answers. */
const KINDS_OF_REGISTRATION: Readonly<Record<string, ApiErrorKind>> = {
  Unauthorized: 'signed-out',
  TypeError: 'offline',
};

/** @throws {ApiError} as a rejection, where there is no token. */
async function signedIn(token: Promise<string>): Promise<string> {
  try {
    return await token;
  } catch (cause) {
    throw new ApiError(KINDS_OF_REGISTRATION[String(nameOf(cause))] ?? 'unavailable', { cause });
  }
}

function nameOf(error: unknown): unknown {
  return (error as { name?: unknown } | null)?.name;
}
