// What travels on a conversation's Redis channel: a header line, then the envelope's JSON text as it is stored.
//
//   1e EPOCH OFFSET TAG PREVIOUS_TAG KIND MESSAGE_ID\n{…}     a retained event and its own position
//   1i EPOCH OFFSET TAG SEQUENCE KIND MESSAGE_ID\n{…}         an interim transcript and the position it was said at
//
// Of an event that is traced, the W3C `traceparent` of its append follows the message's id. It is never part of the
// envelope, which is what desktops get.
//
// The first character is the format's version (FORMAT in keys.ts). append.lua writes the header. Within a format a newer
// build may write more fields behind these, and other kinds: readers pass over what they do not know, see UNKNOWN_KIND.
import { EVENT_KINDS, type EventKind } from '../event.ts';
import { FORMAT } from '../keys.ts';
import { parseTraceparent } from '../tracing/traceparent.ts';
import type { Position } from './position.ts';

/**
 * The kind of a message that a newer build wrote and this one cannot read. Nothing is delivered for it, but it takes its
 * place in the log: leaving it out would look like a loss.
 */
export const UNKNOWN_KIND = 'unknown';

const UNKNOWN = { kind: UNKNOWN_KIND, messageId: '', json: '' } as const;

/** An event of the log. */
export interface LoggedEvent {
  readonly type: 'event';
  readonly position: Position;
  /** Tag of the event before it. */
  readonly previousTag: string;
  readonly kind: EventKind | typeof UNKNOWN_KIND;
  /** Of an unknown kind ''; so is `json`. */
  readonly messageId: string;
  /** The envelope as JSON text. */
  readonly json: string;
  /** The W3C `traceparent` of its append; only of an event that is traced. */
  readonly traceparent?: string;
}

/** An interim transcript: not retained, takes no offset. */
export interface InterimEvent {
  readonly type: 'interim';
  /** The top of the log when it was published. */
  readonly position: Position;
  /** Rises by one with every interim transcript of this life of the log. */
  readonly sequence: number;
  readonly kind: EventKind | typeof UNKNOWN_KIND;
  readonly messageId: string;
  readonly json: string;
  readonly traceparent?: string;
}

export type ChannelMessage = LoggedEvent | InterimEvent;

/** The end of a header: what the writer knows before Redis gives the event its position. */
export interface Header {
  kind: EventKind;
  messageId: string;
  traceparent?: string;
}

export function headerOf({ kind, messageId, traceparent }: Header): string {
  // encodeURIComponent throws at half a surrogate pair, which JSON can carry.
  const header = `${kind} ${encodeURIComponent(messageId.toWellFormed())}`;
  return traceparent === undefined ? header : `${header} ${traceparent}`;
}

/** Reads {@link headerOf} back, without fields that were added since; `undefined` when it is not one of ours. */
export function parseHeader(header: string): Header | undefined {
  const [kind = '', messageId = '', traceparent] = header.split(' ');
  if (!isEventKind(kind)) return undefined;
  try {
    const parsed = { kind, messageId: decodeURIComponent(messageId) };
    return traceparent === undefined || parseTraceparent(traceparent) === undefined
      ? parsed
      : { ...parsed, traceparent };
  } catch {
    return undefined;
  }
}

/** What a header and the text behind it hold. */
export function contentOf(
  header: string,
  json: string,
): Pick<ChannelMessage, 'kind' | 'messageId' | 'json' | 'traceparent'> {
  const parsed = parseHeader(header);
  return parsed ? { ...parsed, json } : UNKNOWN;
}

const HEADER_LINE = /^(\S+) (\S+) (\d{1,15}) (\S+) (\S+) (.+)$/;

/** Parses a message of a conversation's channel; `undefined` for one of another version or of somebody else. */
export function parseChannelMessage(text: string): ChannelMessage | undefined {
  const end = text.indexOf('\n');
  const [, version, epoch = '', offset, tag = '', extra = '', rest = ''] =
    HEADER_LINE.exec(text.slice(0, Math.max(end, 0))) ?? [];
  const position = { epoch, offset: Number(offset), tag };
  const body = { position, ...contentOf(rest, text.slice(end + 1)) };
  if (version === `${FORMAT}e`) return { type: 'event', previousTag: extra, ...body };
  if (version === `${FORMAT}i` && /^\d{1,15}$/.test(extra)) {
    return { type: 'interim', sequence: Number(extra), ...body };
  }
  return undefined;
}

function isEventKind(kind: string): kind is EventKind {
  return (EVENT_KINDS as readonly string[]).includes(kind);
}
