import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ShortName } from '../conversation-name.ts';
import { type AgentAssistEvent, EVENT_KINDS, type EventKind, INTERIM_KIND } from '../event.ts';
import { conversationKeys, FORMAT } from '../keys.ts';
import { isCluster, type Redis } from '../redis.ts';
import { readingScript, redisScript } from '../redis-script.ts';
import type { Position } from './position.ts';
import { contentOf, headerOf, type InterimEvent, type LoggedEvent, parseHeader } from './protocol.ts';
import { sortableTime } from './sortable-time.ts';

export interface AppendResult {
  /**
   * `appended`: taken and published. `duplicate`: this message was taken before. `superseded`: an interim transcript
   * that came after a newer one or after the end of its utterance. Only the first has published anything.
   */
  outcome: 'appended' | 'duplicate' | 'superseded';
  /** The top of the log afterwards. */
  position: Position;
  /** What overtook an interim transcript that is superseded: a newer one, or the end of its utterance. */
  reason?: SupersededBy;
}

/** `stale`: there is a newer one. `over`: its utterance has ended. */
export type SupersededBy = 'stale' | 'over';

/** A page of the log, and what is true of the whole log at the same instant. */
export interface LogPage {
  top: Position;
  /** Events in order of their offsets, none missing between the first and the last. */
  events: LoggedEvent[];
  /** How many interim transcripts this life of the log has seen: the sequence of the latest. */
  interims: number;
  /** With the page that reaches the top: the newest interim transcript of each utterance that is still open. */
  open: InterimEvent[];
}

/**
 * A conversation's log, as the functions write it and the relay reads it.
 *
 * - Appending and publishing are one atomic step, so the order on the channel is the order of offsets.
 * - A message is taken once, however often and however concurrently it is appended; a call whose answer got lost may
 *   therefore be repeated. Of interim transcripts this holds for the latest 512 at least, and for all whose utterance
 *   has a newer one or is over.
 * - A failed append leaves nothing behind.
 * - The log keeps the newest `historySize` events for `historyTtlSeconds` after the last one, and for an hour once the
 *   conversation is finished. Its top is known for a day longer than that, so that a reader can still tell that it
 *   missed nothing.
 */
export interface EventLog {
  /** @param traceparent The W3C `traceparent` of the append if it is traced. It is stored and published beside the event. */
  append(event: AgentAssistEvent, traceparent?: string): Promise<AppendResult>;
  /** Reads events with an offset above `after`, at most `limit` and 256 KiB of them; with `limit` 0 only the top. */
  read(conversation: ShortName, after: number, limit: number): Promise<LogPage>;
  /** Whether the conversation's end is in the log; false where nothing is known of the conversation. */
  isFinished(conversation: ShortName): Promise<boolean>;
}

export interface HistoryConfig {
  historySize: number;
  historyTtlSeconds: number;
}

/** Eventarc retries a message for at most a day: for so long its id has to be remembered. */
const META_EXTRA_TTL_SECONDS = 86_400;
/** How long a finished conversation is kept after its last event: for the wrap-up, and the summary that follows it. */
export const FINISHED_TTL_SECONDS = 3_600;
/** Payload of one page at most (but always one event), so that no reader has to hold a long conversation at once. */
const PAGE_MAX_BYTES = 256 * 1024;
/** An utterance that nobody has added to for so long is over, whatever became of its end. */
const INTERIM_TTL_SECONDS = 120;
/** Pub/Sub delivers again what was not acknowledged within at most 10 minutes. */
const INTERIM_IDS_TTL_SECONDS = 600;

// Both are cut from one UUID, because Node keeps the random bits of UUIDs in store: asking for random bytes twice an
// event took as long as decoding it. The first 13 characters hold 48 random bits, the last 8 hold 32.
const EPOCH_LENGTH = 13;
const TAG_LENGTH = 8;

// Read beside this module; the build copies both scripts beside the bundle.
const source = (name: string) => readFileSync(new URL(`./${name}`, import.meta.url), 'utf8');

/** The script with locals of these names before it; texts are of letters only. */
function withConstants(constants: Readonly<Record<string, string | number>>, lua: string): string {
  const locals = Object.entries(constants).map(
    ([name, value]) => `local ${name} = ${JSON.stringify(value)}\n`,
  );
  return locals.join('') + lua;
}

type RawResult = [
  outcome: AppendResult['outcome'],
  epoch: string,
  offset: number,
  tag: string,
  reason?: SupersededBy,
];
type RawPage = [epoch: string, offset: string, tag: string, interims: string, RawEntry[], string[]];
type RawEntry = [id: string, fields: string[]];

/** The event log in Redis: one server, or a cluster with the sharded pub/sub of Redis 7. */
export function createEventLog(redis: Redis, config: HistoryConfig): EventLog {
  const constants = {
    FORMAT,
    PUBLISH: isCluster(redis) ? 'SPUBLISH' : 'PUBLISH',
    HISTORY_SIZE: config.historySize,
    HISTORY_TTL: config.historyTtlSeconds,
    FINISHED_TTL: FINISHED_TTL_SECONDS,
    META_EXTRA_TTL: META_EXTRA_TTL_SECONDS,
    INTERIM_TTL: INTERIM_TTL_SECONDS,
    INTERIM_IDS_TTL: INTERIM_IDS_TTL_SECONDS,
  };
  const appendScript = redisScript(redis, withConstants(constants, source('append.lua')), toAppendResult);
  const readScript = readingScript(redis, source('read.lua'), toLogPage);

  return {
    append(event, traceparent) {
      const keys = conversationKeys(event.conversation);
      const random = randomUUID();
      writeTogether(redis);
      return appendScript(
        [keys.meta, keys.log, keys.ids, keys.interim, keys.over, keys.interimIds, keys.olderInterimIds],
        [
          keys.channel,
          messageMember(event.kind, event.messageId),
          headerOf(traceparent === undefined ? event : { ...event, traceparent }),
          event.json,
          random.slice(0, EPOCH_LENGTH),
          random.slice(-TAG_LENGTH),
          event.closes ?? '',
          event.kind === INTERIM_KIND ? '1' : '0',
          event.utterance?.participant ?? '',
          event.utterance?.message ?? '',
          sortableTime(event.publishTime),
          event.finishes ? '1' : '0',
          event.marks ?? '',
        ],
      );
    },

    read(conversation, after, limit) {
      const keys = conversationKeys(conversation);
      return readScript(
        [keys.meta, keys.log, keys.interim],
        [after + 1, limit, INTERIM_TTL_SECONDS, PAGE_MAX_BYTES],
      );
    },

    async isFinished(conversation) {
      return (await redis.hget(conversationKeys(conversation).meta, 'finished')) === '1';
    },
  };
}

/**
 * What identifies a message in a conversation's set of ids: Pub/Sub's ids are unique in a topic only, so the kind
 * belongs to it. Both are folded into one number where they fit, because Redis keeps a set of integers in 8 bytes
 * each while it is small.
 */
export function messageMember(kind: EventKind, messageId: string): string {
  if (messageId === '') return '';
  const index = EVENT_KINDS.indexOf(kind);
  // 18 digits times four kinds stay below 2^63, the largest integer of such a set.
  if (/^[1-9]\d{0,17}$/.test(messageId)) {
    return (BigInt(messageId) * BigInt(EVENT_KINDS.length) + BigInt(index)).toString();
  }
  return `${index}:${messageId}`;
}

/**
 * Lets the commands of one turn of the event loop leave in one write: with many events under way, a system call for each
 * of them was a fifth of a function's time.
 */
function writeTogether(redis: Redis): void {
  if (isCluster(redis)) return;
  const { stream } = redis;
  // Not there before the first connection; corked when a command of this turn has gone before.
  if (stream === undefined || stream.writableCorked > 0) return;
  stream.cork();
  setImmediate(() => stream.uncork());
}

function toAppendResult([outcome, epoch, offset, tag, reason]: RawResult): AppendResult {
  return { outcome, position: { epoch, offset, tag }, ...(reason === undefined ? {} : { reason }) };
}

function toLogPage([epoch, offset, tag, interims, entries, open]: RawPage): LogPage {
  const top = { epoch, offset: Number(offset), tag };
  return {
    top,
    interims: Number(interims),
    events: entries.map(([id, fields]) => toLoggedEvent(epoch, id, fields)),
    open: open.flatMap((value) => toInterimEvent(top, value)).sort((a, b) => a.sequence - b.sequence),
  };
}

/** The order of fields is append.lua's; more may follow. */
function toLoggedEvent(epoch: string, id: string, fields: string[]): LoggedEvent {
  const [, header = '', , tag = '', , previousTag = '', , json = ''] = fields;
  const position = { epoch, offset: Number.parseInt(id, 10), tag };
  return { type: 'event', position, previousTag, ...contentOf(header, json) };
}

/** `PUBLISH_TIME SECONDS SEQUENCE KIND MESSAGE_ID\nJSON`, as append.lua keeps it. */
function toInterimEvent(top: Position, value: string): InterimEvent[] {
  const end = value.indexOf('\n');
  const [, , sequence, ...header] = value.slice(0, end).split(' ');
  const parsed = parseHeader(header.join(' '));
  if (parsed === undefined) return [];
  return [
    { type: 'interim', position: top, sequence: Number(sequence), ...parsed, json: value.slice(end + 1) },
  ];
}
