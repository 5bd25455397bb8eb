// Reports of relays for tests of the verdict: what differs from a healthy conversation is given.
import type { EventReport, LogReport } from '../../../../relay/trace/log-report.ts';
import type { DesktopReport, RefusalReport, RelayReport } from '../../../../relay/trace/relay-report.ts';

export const NOW = Date.UTC(2026, 0, 2, 10, 45, 0);
export const NAME = 'projects/demo-project/conversations/c';
export const RELAY = '0a1b2c3d-0000-4000-8000-000000000000';
export const OTHER = '9f8e7d6c-0000-4000-8000-000000000000';

export const timeAgo = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();

/** An event that a function took so many seconds ago. */
export const event = (offset: number, seconds = 1, more: Partial<EventReport> = {}): EventReport => ({
  offset,
  kind: 'new-message-event',
  messageId: String(offset),
  publishedAt: timeAgo(seconds),
  appendedAt: timeAgo(seconds),
  followsPrevious: true,
  ...more,
});

export function logOf(events: EventReport[], more: Partial<LogReport> = {}): LogReport {
  const top = events.at(-1)?.offset ?? 0;
  const first = events[0]?.offset ?? 0;
  return {
    epoch: events.length === 0 ? '' : 'life',
    top,
    first,
    retained: events.length,
    isFinished: false,
    interims: 0,
    openUtterances: [],
    events,
    lastAppendedAt: null,
    dropped: { duplicates: 0, stale: 0, over: 0 },
    presence: '',
    seenRelays: [],
    ...more,
  };
}

export const desktop = (offset: number, more: Partial<DesktopReport> = {}): DesktopReport => ({
  sub: 'okta:ann',
  jti: 'jti-1',
  protocol: 'native',
  state: 'joined',
  since: NOW - 60_000,
  epoch: 'life',
  offset,
  received: null,
  ...more,
});

export const refusal = (more: Partial<RefusalReport>): RefusalReport => ({
  refused: 'join',
  outcome: 'access to the conversation is denied',
  sub: 'okta:bob',
  jti: 'jti-2',
  conversation: NAME,
  route: '',
  count: 1,
  firstAt: NOW - 10_000,
  lastAt: NOW - 10_000,
  ...more,
});

export const relayOf = (more: Partial<RelayReport> = {}): RelayReport => ({
  relay: RELAY,
  at: NOW,
  startedAt: NOW - 3_600_000,
  redisFault: '',
  desktops: [],
  desktopsLeftOff: 0,
  delivered: [],
  visits: [],
  refusals: [],
  ...more,
});
