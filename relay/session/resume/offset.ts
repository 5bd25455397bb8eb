// The offset is a trailing string argument of events. socket.io-client 4.6 and newer keeps the offset of the last event
// that the page's handlers have taken. It sends that offset with its next CONNECT.
//
//   TAG.CURSOR[~STAY],TAG.CURSOR[~STAY],…     one entry for each conversation that the page has joined by name
//
// TAG stands for the conversation, whose name may be personal. STAY is absent until the page has left the conversation, and
// changes with each leave. It distinguishes an offset from before a leave from one after it. If another subject has taken
// over the client, STAY is there from the beginning.
import { createHash, randomUUID } from 'node:crypto';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { fromCursor, type Position, START, toCursor } from '../../../shared/stream/position.ts';

/** Where the page is in one conversation. */
export interface OffsetEntry {
  readonly position: Position;
  /** Which stay in the conversation it is; '' for the first. */
  readonly stay: string;
}

/** With a long token, a longer offset would exceed the limit on inbound frames, and no attempt to connect would succeed. */
const OFFSET_MAX_CHARACTERS = 2_048;
const TAG_LENGTH = 6;
const STAY_LENGTH = 8;
const ENTRY = /^([\w-]{6})\.([^~]+)(?:~([\w-]{8}))?$/;

export function tagOf(conversation: ShortName): string {
  return createHash('sha256').update(conversation).digest('base64url').slice(0, TAG_LENGTH);
}

/** Names the stay that follows a leave. */
export function newStay(): string {
  return randomUUID().slice(0, STAY_LENGTH);
}

/** The entry that was made last: the viewers of one event share its text. */
let latest = { tag: '', position: START, stay: '', text: '' };

/** An entry as text; '' for the start of a log, of which the page has nothing. */
export function formatEntry(tag: string, { position, stay }: OffsetEntry): string {
  if (position.offset === 0) return '';
  if (latest.position !== position || latest.tag !== tag || latest.stay !== stay)
    latest = { tag, position, stay, text: `${tag}.${toCursor(position)}${stay === '' ? '' : `~${stay}`}` };
  return latest.text;
}

/** The offset of these entries. It omits entries that have no room. The page gets the events of these again. */
export function joinEntries(entries: Iterable<string>): string {
  let offset = '';
  for (const entry of entries) {
    if (entry === '' || offset.length + 1 + entry.length > OFFSET_MAX_CHARACTERS) continue;
    offset += offset === '' ? entry : `,${entry}`;
  }
  return offset;
}

/** The entries by their tags; `undefined` when the text is no offset of the relay. */
export function parseOffset(offset: unknown): Map<string, OffsetEntry> | undefined {
  if (typeof offset !== 'string' || offset.length > OFFSET_MAX_CHARACTERS) return undefined;
  const entries = new Map<string, OffsetEntry>();
  for (const text of offset.split(',')) {
    const [, tag = '', cursor, stay = ''] = ENTRY.exec(text) ?? [];
    const position = fromCursor(cursor);
    if (position === undefined) return undefined;
    entries.set(tag, { position, stay });
  }
  return entries;
}
