// The only module that builds Redis keys and writes hash tags. All keys and the channel of a conversation share one
// hash tag, so that one script may touch them all in a Redis Cluster.
import { createHash } from 'node:crypto';
import type { ShortName } from './conversation-name.ts';

/** Version of the stored form; another version is another set of keys, so two builds may share one Redis. */
export const FORMAT = 1;

export interface ConversationKeys {
  /** Hash: the log's epoch, top offset and tag, the count of interim transcripts, and what is true of it for good. */
  meta: string;
  /** Stream: the retained events, entry id `OFFSET-0`. */
  log: string;
  /** Set: what identifies each message that was taken, see {@link messageMember}; interim transcripts apart. */
  ids: string;
  /** Set: the same of the latest interim transcripts. */
  interimIds: string;
  /** Set: the same of those before them. */
  olderInterimIds: string;
  /** Hash: the newest interim transcript of each utterance that is still open. */
  interim: string;
  /** Set: Dialogflow's message ids of the utterances that are over. */
  over: string;
  /** Pub/sub channel of the conversation's events. */
  channel: string;
}

export function conversationKeys(name: ShortName): ConversationKeys {
  const prefix = `aar${FORMAT}:{${name}}:`;
  return {
    meta: `${prefix}meta`,
    log: `${prefix}log`,
    ids: `${prefix}ids`,
    interimIds: `${prefix}interim-ids`,
    olderInterimIds: `${prefix}interim-ids-older`,
    interim: `${prefix}interim`,
    over: `${prefix}over`,
    channel: `${prefix}events`,
  };
}

/**
 * The key that exists while a desktop has joined the conversation: exactly the short name, because the Genesys Cloud
 * audiohook waits for that key before it lets the audio flow.
 */
export function presenceKey(name: ShortName): string {
  return name;
}

/**
 * The key of an integration key's conversation, the same as in Google's reference: the key itself is often a phone
 * number and is stored only as a digest.
 */
export function integrationKey(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('hex');
}

/** Hash of how far a page that joins by name has got in a conversation. `page` is its name, see `places.ts`. */
export function placesKey(name: ShortName, page: string): string {
  return `aar${FORMAT}:{${name}}:place:${page}`;
}

/** Hash of the pages that have the same name: how many there were, and their next acknowledgement id. */
export function pagesKey(page: string): string {
  return `aar${FORMAT}:pages:${page}`;
}

/** Sorted set of the conversations that a token has joined, by time: once it has expired, it may come back to these. */
export function joinedKey(tokenId: string): string {
  return `aar${FORMAT}:joined:${tokenId}`;
}

/**
 * The key that a relay writes to try whether Redis takes writes.
 *
 * @param tag leads to one primary of a cluster.
 */
export function trialKey(relay: string, tag?: number): string {
  return `aar${FORMAT}:relay:${relay}${tag === undefined ? '' : `:{${tag}}`}`;
}

/** Hash of what was revoked, a field for each, for as long as a token could still be used. */
export const REVOCATIONS_KEY = `aar${FORMAT}:revocations`;

/** The index of conversations, which the functions write and the relay lists. Both keys share a hash tag. */
export const INDEX_KEYS = {
  /** Sorted set: the short names of the conversations, by their start in milliseconds since 1970. */
  started: `aar${FORMAT}:{conversations}:started`,
  /** Sorted set: those of them that have ended, by their end in milliseconds since 1970. */
  ended: `aar${FORMAT}:{conversations}:ended`,
} as const;

/** Sorted set: the relays that have desktops, by when they were last seen in milliseconds since 1970. */
export const DESKTOP_RELAYS_KEY = `aar${FORMAT}:desktop-relays`;

/** Hash: how many desktops of one relay have joined each conversation. */
export function desktopsKey(relay: string): string {
  return `aar${FORMAT}:desktops:${relay}`;
}

/** Pub/sub channel on which a relay asks all relays what they know of one conversation, and on which they answer. */
export const TRACE_CHANNEL = `aar${FORMAT}:trace`;

/** What a key may hold of a conversation, as far as the key itself tells. */
export type KeyKind = 'of-the-conversation' | 'joined' | 'desktops' | 'integration' | 'other';

/** For a scan of all keys; also of other versions of the stored form. */
export function keyKind(key: string, name: ShortName): KeyKind {
  if (/^[0-9a-f]{64}$/.test(key)) return 'integration';
  const [, rest = ''] = /^aar\d+:(.*)$/.exec(key) ?? [];
  if (rest.startsWith(`{${name}}:`)) return 'of-the-conversation';
  if (rest.startsWith('desktops:')) return 'desktops';
  return rest.startsWith('joined:') ? 'joined' : 'other';
}

/** What the keys that count something begin with. What they count is a digest: agents and addresses are persons. */
export function ratePrefix(name: string): string {
  return `aar${FORMAT}:rate:${name}`;
}

/** Hash of who has used how much of a shared quota in one window. All windows share a hash tag. */
export function quotaKey(name: string, window: number): string {
  return `aar${FORMAT}:{quota:${name}}:${window}`;
}
