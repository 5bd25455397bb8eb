import type { StateChange } from '../../client/types.ts';

/** What an agent is told of the connection. */
export type ConnectionState =
  /** Nothing has asked for a connection yet. */
  | { is: 'idle' }
  | { is: 'connecting' }
  | { is: 'live' }
  /** `since` in milliseconds since 1970. */
  | { is: 'offline'; since: number; cause: 'network' | 'sign-in' | 'lost'; isTrying: boolean }
  /** The relay does not accept the agent: `registration`, with the credential of the page; `token`, not any more. */
  | { is: 'signed-out'; at: 'registration' | 'token' }
  /** Another attempt would end the same way. */
  | { is: 'refused'; reason: string };

/** The client's own codes and the relay's: docs/client.md and docs/protocol.md. */
const NETWORK_GONE = 3002;
const SIGN_IN_FAILS = 3004;
const NOT_REGISTERED = 3500;
const TOKEN_REFUSED: readonly number[] = [4501, 4503];

/** The state after a change of the client's. While attempts fail, it stays offline since the first one. */
export function reduceConnection(
  before: ConnectionState,
  { state, code, reason }: StateChange,
  now: number,
): ConnectionState {
  switch (state) {
    case 'idle':
      return { is: 'idle' };
    case 'connecting':
      return before.is === 'offline' ? { ...before, isTrying: true } : { is: 'connecting' };
    case 'ready':
      return { is: 'live' };
    case 'waiting': {
      const since = before.is === 'offline' ? before.since : now;
      const cause = code === NETWORK_GONE ? 'network' : code === SIGN_IN_FAILS ? 'sign-in' : 'lost';
      return { is: 'offline', since, cause, isTrying: false };
    }
    case 'closed':
      if (code === NOT_REGISTERED) return { is: 'signed-out', at: 'registration' };
      return TOKEN_REFUSED.includes(code) ? { is: 'signed-out', at: 'token' } : { is: 'refused', reason };
  }
}
