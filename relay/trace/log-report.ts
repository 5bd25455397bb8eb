import type { ShortName } from '../../shared/conversation-name.ts';
import type { Envelope } from '../../shared/event.ts';
import { conversationKeys, DESKTOP_RELAYS_KEY, desktopsKey, presenceKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import {
  type EventLog,
  FINISHED_TTL_SECONDS,
  type HistoryConfig,
  type LogPage,
} from '../../shared/stream/event-log.ts';
import { type LoggedEvent, UNKNOWN_KIND } from '../../shared/stream/protocol.ts';
import type { TraceLimits } from './limits.ts';

/** One event of the log, without its content. */
export interface EventReport {
  offset: number;
  kind: string;
  /** Pub/Sub's id. */
  messageId: string;
  /** When Dialogflow published it, RFC 3339; '' where that is unknown. */
  publishedAt: string;
  /** When a function took it, and Redis appended it: RFC 3339, in whole seconds. */
  appendedAt: string;
  /** Whether it stands behind the event with the offset before its own. False behind a gap, and where Redis lost that event. */
  followsPrevious: boolean;
}

/** Events that functions took and did not append, since the log's life began. */
export interface DroppedEvents {
  /** The message was in the log already: Pub/Sub delivered it again, or it was published twice with one id. */
  duplicates: number;
  /** Interim transcripts that came after a newer one of their utterance. */
  stale: number;
  /** Interim transcripts that came after the end of their utterance. */
  over: number;
}

/** A relay that has desktops, in whatever conversation, and when it last said so, in milliseconds since 1970. */
export interface SeenRelay {
  relay: string;
  seenAt: number;
}

/** What Redis holds of a conversation, without content. */
export interface LogReport {
  /** One life of the log; '' where no event has ever come, or all have expired. */
  epoch: string;
  /** Offset of the last event; 0 for none. */
  top: number;
  /** Offset of the oldest event that is retained; 0 for none. */
  first: number;
  /** How many events are retained. */
  retained: number;
  isFinished: boolean;
  /** Interim transcripts so far. None of them is retained. */
  interims: number;
  /** When the newest interim transcript of each open utterance was published, RFC 3339. */
  openUtterances: string[];
  /** The newest events, in order. */
  events: EventReport[];
  /**
   * When Redis appended the last event, in milliseconds since 1970 by the clock of the relay that reports; null where that
   * is unknown. The clock of a function has no part in it.
   */
  lastAppendedAt: number | null;
  dropped: DroppedEvents;
  /** The relay that last said that it has a desktop in the conversation; '' for none. */
  presence: string;
  /** Every relay that has had desktops within the last 90 s. */
  seenRelays: SeenRelay[];
}

export interface LogReportDeps {
  reads: Redis;
  eventLog: Pick<EventLog, 'read' | 'isFinished'>;
  config: Pick<HistoryConfig, 'historyTtlSeconds'>;
  limits: Pick<TraceLimits, 'eventsMax' | 'relaySeenMs'>;
  now: () => number;
}

/** Clocks of servers differ by less, in milliseconds. */
const CLOCKS_DIFFER_MAX_MS = 600_000;

/** Reads what Redis holds of a conversation. Rejects like Redis. */
export async function reportLog(
  { reads, eventLog, config, limits, now }: LogReportDeps,
  name: ShortName,
): Promise<LogReport> {
  const { log, meta } = conversationKeys(name);
  const [{ top }, isFinished, retained, oldest, presence, dropped, expiry, seenRelays] = await Promise.all([
    eventLog.read(name, 0, 0),
    eventLog.isFinished(name),
    reads.xlen(log),
    reads.xrange(log, '-', '+', 'COUNT', 1),
    reads.get(presenceKey(name)),
    reads.hmget(meta, 'duplicates', 'stale', 'over'),
    timeToLive(reads, log, now),
    relaysWithDesktops(reads, now() - limits.relaySeenMs),
  ]);
  const lifeMs =
    1_000 *
    (isFinished ? Math.min(config.historyTtlSeconds, FINISHED_TTL_SECONDS) : config.historyTtlSeconds);
  const from = Math.max(0, top.offset - limits.eventsMax);
  const { events, interims, open } = await readFrom(eventLog, name, from, limits.eventsMax);
  return {
    epoch: top.epoch,
    top: top.offset,
    first: Number.parseInt(oldest[0]?.[0] ?? '0', 10),
    retained,
    isFinished,
    interims,
    openUtterances: open.map(({ json }) => timesIn(json).publishedAt).sort(),
    events: events.map((event, index) => reportEvent(event, events[index - 1])),
    // Each append sets the time to live again.
    lastAppendedAt: expiry === undefined ? null : measuredTime(expiry - lifeMs, events.at(-1)),
    dropped: {
      duplicates: Number(dropped[0] ?? 0),
      stale: Number(dropped[1] ?? 0),
      over: Number(dropped[2] ?? 0),
    },
    presence: presence ?? '',
    seenRelays,
  };
}

/** A relay that ends in order takes its counts with it, and its name may stay. */
async function relaysWithDesktops(reads: Redis, since: number): Promise<SeenRelay[]> {
  const seen = await reads.zrangebyscore(DESKTOP_RELAYS_KEY, since, '+inf', 'WITHSCORES');
  const relays = Array.from({ length: seen.length / 2 }, (_, index) => ({
    relay: seen[2 * index] ?? '',
    seenAt: Number(seen[2 * index + 1]),
  }));
  const have = await Promise.all(relays.map(({ relay }) => reads.exists(desktopsKey(relay))));
  return relays.filter((_, index) => have[index] === 1);
}

/** When a key expires, by the clock of the relay and in milliseconds since 1970; none where it does not. */
async function timeToLive(reads: Redis, key: string, now: () => number): Promise<number | undefined> {
  const askedAt = now();
  const ttlMs = await reads.pttl(key);
  // Redis answered somewhere in between.
  return ttlMs < 0 ? undefined : Math.round((askedAt + now()) / 2) + ttlMs;
}

/** None where the times differ by more than clocks do: then the functions have another HISTORY_TTL_SECONDS. */
function measuredTime(at: number, last: LoggedEvent | undefined): number | null {
  if (last === undefined || last.kind === UNKNOWN_KIND) return null;
  return Math.abs(at - Date.parse(timesIn(last.json).appendedAt)) < CLOCKS_DIFFER_MAX_MS ? at : null;
}

async function readFrom(
  eventLog: Pick<EventLog, 'read'>,
  name: ShortName,
  from: number,
  max: number,
): Promise<Pick<LogPage, 'events' | 'interims' | 'open'>> {
  const events: LoggedEvent[] = [];
  for (let after = from; ; ) {
    const page = await eventLog.read(name, after, max);
    events.push(...page.events);
    const last = page.events.at(-1);
    const isDone = last === undefined || last.position.offset >= page.top.offset || events.length >= max;
    if (isDone) return { ...page, events };
    after = last.position.offset;
  }
}

function reportEvent(event: LoggedEvent, before: LoggedEvent | undefined): EventReport {
  const { position, previousTag, kind, messageId, json } = event;
  const followsPrevious =
    before === undefined ||
    (before.position.offset + 1 === position.offset && before.position.tag === previousTag);
  const times = kind === UNKNOWN_KIND ? { publishedAt: '', appendedAt: '' } : timesIn(json);
  return { offset: position.offset, kind, messageId, ...times, followsPrevious };
}

function timesIn(json: string): Pick<EventReport, 'publishedAt' | 'appendedAt'> {
  const { publish_time, ack_time }: Partial<Envelope> = JSON.parse(json);
  return { publishedAt: String(publish_time ?? ''), appendedAt: String(ack_time ?? '') };
}
