import { createHash } from 'node:crypto';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Claims } from '../auth/jwt.ts';
import { CLOCK_SKEW_SECONDS } from '../limits.ts';

/** What is revoked: one token, all tokens of an identity, or a conversation to all who hold a token. */
export type Target = { jti: string } | { sub: string } | { conversation: ShortName };

/** A revocation as it is kept. */
export interface Mark {
  /** In milliseconds since 1970. It goes for the tokens issued until then: a later one has been earned anew. */
  at: number;
  /** When the last of those tokens has come to its end, in milliseconds since 1970. */
  until: number;
  /** Whether what Redis holds of the conversation is removed, too. */
  erases: boolean;
}

/** Of a token, what tells whether it is revoked. */
export type Holder = Pick<Claims, 'tokenId' | 'subject' | 'issuedAt'>;

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

/** The fields that would revoke a token. */
export function tokenFields({ tokenId, subject }: Holder): string[] {
  return [fieldOf({ jti: tokenId }), ...(subject === '' ? [] : [fieldOf({ sub: subject })])];
}

/** Whether a mark under a field goes for a token. One that does not say when it was issued cannot have been later. */
export function goesFor({ at, until }: Mark, field: string, { issuedAt }: Holder, now: number): boolean {
  if (until <= now) return false;
  return field.startsWith('jti:') || issuedAt === undefined || issuedAt * 1000 <= at + CLOCKS_DIFFER_MS;
}

/** @param maxSeconds how long after its issue a token may be of use. */
export function newMark(now: number, maxSeconds: number, { erases = false } = {}): Mark {
  return { at: now, until: now + (maxSeconds + CLOCK_SKEW_SECONDS) * 1000, erases };
}

/** The form in Redis: `AT UNTIL`, and `erase` behind it. */
export function formatMark({ at, until, erases }: Mark): string {
  return `${at} ${until}${erases ? ' erase' : ''}`;
}

export function parseMark(text: string | null | undefined): Mark | undefined {
  const [, at, until, erase] = /^(\d+) (\d+)( erase)?$/.exec(text ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), until: Number(until), erases: erase !== undefined };
}
