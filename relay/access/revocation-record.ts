import { createHash } from 'node:crypto';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Claims } from '../identity/claims.ts';
import { CLOCK_SKEW_SECONDS } from '../identity/limits.ts';

/** What is revoked: one token, all tokens of an identity, or a conversation to all who hold a token. */
export type Target = { jti: string } | { sub: string } | { conversation: ShortName };

export interface MarkOptions {
  /** For how long the tokens that are issued are revoked, too, in seconds. */
  blockSeconds?: number | undefined;
  /** Whether what Redis holds of the conversation is removed, too. */
  erases?: boolean | undefined;
}

/** A revocation as it is kept; times in milliseconds since 1970. */
export interface Mark {
  /** When it was made. Of two for the same target the later one counts. */
  at: number;
  /** It goes for the tokens issued until then: a later one has been earned anew. */
  issuedUntil: number;
  /** When the last of those tokens has come to its end. */
  until: number;
  erases: boolean;
}

/** What tells whether it is revoked: of a token, or without its id of somebody who is about to get one. */
export type Holder = Pick<Claims, 'subject' | 'issuedAt'> & { tokenId?: string };

/** By how much the clocks of two relays may differ, in milliseconds: a token may look younger than it is. */
const CLOCKS_DIFFER_MS = 1_000;

/**
 * Under what a target is kept: a digest, because a conversation that was erased must not live on as the name of a
 * field.
 */
export function fieldOf(target: Target): string {
  const [[kind, value] = []] = Object.entries(target);
  return `${kind}:${createHash('sha256').update(String(value), 'utf8').digest('base64url')}`;
}

/** The fields that would revoke a holder, and its way to a conversation. */
export function fieldsOf({ tokenId, subject }: Holder, conversation?: ShortName): string[] {
  const targets: Target[] = [];
  if (tokenId !== undefined) targets.push({ jti: tokenId });
  if (subject !== '') targets.push({ sub: subject });
  if (conversation !== undefined) targets.push({ conversation });
  return targets.map(fieldOf);
}

/** Whether a mark under a field goes for a token. One that does not say when it was issued cannot have been later. */
export function goesFor(
  { issuedUntil, until }: Mark,
  field: string,
  { issuedAt }: Holder,
  now: number,
): boolean {
  if (until <= now) return false;
  return (
    field.startsWith('jti:') || issuedAt === undefined || issuedAt * 1000 <= issuedUntil + CLOCKS_DIFFER_MS
  );
}

/** @param maxSeconds how long after its issue a token may be of use. */
export function newMark(
  now: number,
  maxSeconds: number,
  { blockSeconds = 0, erases = false }: MarkOptions = {},
): Mark {
  const issuedUntil = now + blockSeconds * 1000;
  return { at: now, issuedUntil, until: issuedUntil + (maxSeconds + CLOCK_SKEW_SECONDS) * 1000, erases };
}

/** Where a mark's `issuedUntil` is kept: beside it, because builds without blocks read no more of a mark than they write. */
export function blockFieldOf(field: string): string {
  return `${field}:block`;
}

/** The fields in Redis: `AT UNTIL`, and `erase` behind it; where it goes for later tokens, too, `AT +MILLISECONDS`. */
export function formatMark(field: string, { at, issuedUntil, until, erases }: Mark): Record<string, string> {
  const mark = { [field]: `${at} ${until}${erases ? ' erase' : ''}` };
  return issuedUntil > at ? { ...mark, [blockFieldOf(field)]: `${at} +${issuedUntil - at}` } : mark;
}

export function parseMark(field: string, fields: Record<string, string | null>): Mark | undefined {
  const [, at, until, erase] = /^(\d+) (\d+)( erase)?$/.exec(fields[field] ?? '') ?? [];
  if (at === undefined) return undefined;
  // One of another moment belongs to a mark that has been replaced.
  const [, of, block] = /^(\d+) \+(\d+)$/.exec(fields[blockFieldOf(field)] ?? '') ?? [];
  return {
    at: Number(at),
    issuedUntil: Number(at) + (of === at ? Number(block) : 0),
    until: Number(until),
    erases: erase !== undefined,
  };
}
