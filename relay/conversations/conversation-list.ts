import { readFileSync } from 'node:fs';
import { ENDED_LISTED_MS, LISTED_MS } from '../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import { INDEX_KEYS } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import { readingScript } from '../../shared/redis-script.ts';

/** A conversation of the index. Times are in milliseconds since 1970. */
export interface ListedConversation {
  conversation: ShortName;
  startedAt: number;
  /** Undefined while it goes on, as far as the index knows. */
  endedAt: number | undefined;
}

export interface ListPage {
  conversations: ListedConversation[];
  /** Where the next page begins; undefined on the last one. */
  next: PageToken | undefined;
}

/** The last conversation of a page, and its start as the index has it. */
export interface PageToken {
  start: string;
  name: string;
}

/** Reads a page behind `after`, the newest start first. Rejects like Redis. */
export type ReadList = (after: PageToken | undefined, limit: number) => Promise<ListPage>;

type RawPage = [entries: RawEntry[], hasMore: string];
type RawEntry = [name: ShortName, start: string, end: string];

export function conversationList(reads: Redis): ReadList {
  // The build copies the script beside the bundle.
  const lua = readFileSync(new URL('./list-conversations.lua', import.meta.url), 'utf8');
  const script = readingScript(reads, lua, toListPage);
  return (after, limit) =>
    script(
      [INDEX_KEYS.started, INDEX_KEYS.ended],
      [after?.start ?? '+inf', after?.name ?? '', limit, LISTED_MS, ENDED_LISTED_MS],
    );
}

function toListPage([entries, hasMore]: RawPage): ListPage {
  const last = entries.at(-1);
  return {
    conversations: entries.map(([conversation, start, end]) => ({
      conversation,
      startedAt: Number(start),
      endedAt: end === '' ? undefined : Number(end),
    })),
    next: last === undefined || hasMore !== '1' ? undefined : { start: last[1], name: last[0] },
  };
}

const PAGE_TOKEN = /^(\d{1,16}) (projects\/[^/\s]{1,128}\/conversations\/[^/\s]{1,128})$/;

/** The token as the opaque text that a caller hands back. */
export function toPageToken({ start, name }: PageToken): string {
  return Buffer.from(`${start} ${name}`).toString('base64url');
}

/** Reads {@link toPageToken} back; undefined for any other text. */
export function fromPageToken(text: string): PageToken | undefined {
  const [, start, name] = PAGE_TOKEN.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  return start === undefined || name === undefined ? undefined : { start, name };
}
