import type { CallRelay } from '../api/relay-calls.ts';
import { callPageOf, type ListedCall } from './listed-call.ts';
import type { Thresholds } from './thresholds.ts';

/** The most that the relay gives in one answer. */
const PAGE_SIZE = 200;
/** Calls that the wall shows at most. */
export const CALLS_MAX = 1_000;
/** Pages may be shorter than asked for; one that has none of its own must not keep the page asking. */
const PAGES_MAX = 20;

export interface CallList {
  calls: readonly ListedCall[];
  /** Whether there are more than the wall shows. */
  isCut: boolean;
}

/** All pages of `GET /conversations`. A call that moves from one page to the next meanwhile is listed once. */
export async function listCalls(
  relay: CallRelay,
  { longCallMinutes, silenceSeconds }: Thresholds,
): Promise<CallList> {
  const found = new Map<string, ListedCall>();
  let pageToken = '';
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const query = new URLSearchParams({
      pageSize: String(PAGE_SIZE),
      longCallSeconds: String(longCallMinutes * 60),
      silenceSeconds: String(silenceSeconds),
      ...(pageToken === '' ? {} : { pageToken }),
    });
    const page = callPageOf(
      await relay({ method: 'GET', path: `conversations?${query}`, kind: 'conversations' }),
    );
    for (const call of page.calls) found.set(call.name, call);
    pageToken = page.nextPageToken;
    if (pageToken === '' || found.size >= CALLS_MAX) break;
  }
  const calls = [...found.values()];
  return { calls: calls.slice(0, CALLS_MAX), isCut: pageToken !== '' || calls.length > CALLS_MAX };
}
