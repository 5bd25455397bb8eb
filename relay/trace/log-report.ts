import type { ShortName } from '../../shared/conversation-name.ts';
import type { Envelope } from '../../shared/event.ts';
import { conversationKeys, presenceKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { EventLog, LogPage } from '../../shared/stream/event-log.ts';
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
  /** The relay that last said that it has a desktop in the conversation; '' for none. */
  presence: string;
}

export interface LogReportDeps {
  reads: Redis;
  eventLog: Pick<EventLog, 'read' | 'isFinished'>;
  limits: Pick<TraceLimits, 'eventsMax'>;
}

/** Reads what Redis holds of a conversation. Rejects like Redis. */
export async function reportLog(
  { reads, eventLog, limits }: LogReportDeps,
  name: ShortName,
): Promise<LogReport> {
  const { log } = conversationKeys(name);
  const [{ top }, isFinished, retained, oldest, presence] = await Promise.all([
    eventLog.read(name, 0, 0),
    eventLog.isFinished(name),
    reads.xlen(log),
    reads.xrange(log, '-', '+', 'COUNT', 1),
    reads.get(presenceKey(name)),
  ]);
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
    presence: presence ?? '',
  };
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
