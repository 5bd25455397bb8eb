import { ApiError } from '../api/api-error.ts';

/** Why the list cannot be had at the moment. */
export type AwayCause = 'offline' | 'timeout' | 'unavailable' | 'too-many' | 'fault';

/** What a supervisor is told of where the list comes from. */
export type FeedState =
  /** No answer yet. */
  | { is: 'loading' }
  | { is: 'live' }
  /** `since`: when the list was right for the last time, in milliseconds since 1970; undefined where it never was. */
  | { is: 'away'; since: number | undefined; cause: AwayCause }
  /** `since` as of `away`. */
  | { is: 'signed-out'; since: number | undefined }
  /** The agent is no supervisor. */
  | { is: 'not-allowed' }
  /** The relay does not have the list. */
  | { is: 'not-found' };

/** How the relay begins a refusal that another try may undo: its authorizer does not answer. */
const TEMPORARY = 'access cannot be checked';

/** @param goodAt when the list came for the last time. */
export function stateAfterFailure(error: unknown, goodAt: number | undefined): FeedState {
  const away = (cause: AwayCause): FeedState => ({ is: 'away', since: goodAt, cause });
  if (!(error instanceof ApiError)) return away('fault');
  switch (error.kind) {
    case 'signed-out':
      return { is: 'signed-out', since: goodAt };
    case 'not-found':
      return { is: 'not-found' };
    case 'not-allowed':
      return error.detail?.startsWith(TEMPORARY) ? away('unavailable') : { is: 'not-allowed' };
    case 'offline':
    case 'timeout':
    case 'unavailable':
    case 'too-many':
      return away(error.kind);
    default:
      return away('fault');
  }
}

/** Whether the page goes on asking by itself. */
export function keepsAsking({ is }: FeedState): boolean {
  return is === 'loading' || is === 'live' || is === 'away';
}

/** From one list to the next, in milliseconds. */
export const POLL_MS = 3_000;
const RETRY_MAX_MS = 30_000;

/** How long the page waits for its next attempt, in milliseconds: the longer the more attempts have failed in turn. */
export function waitFor(failures: number): number {
  return Math.min(POLL_MS * 2 ** Math.max(0, failures - 1), RETRY_MAX_MS);
}
