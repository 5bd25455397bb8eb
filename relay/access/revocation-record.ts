import { createHash } from 'node:crypto';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Claims } from '../identity/claims.ts';
import { CLOCK_SKEW_SECONDS } from '../identity/limits.ts';

/** What is revoked: one token, all tokens of an identity, or a conversation for all tokens. */
export type RevocationTarget = { jti: string } | { sub: string } | { conversation: ShortName };

export interface RevocationOptions {
  /** For how long tokens that are issued later are revoked too, in seconds. */
  blockSeconds?: number | undefined;
  /** Whether what Redis holds of the conversation is removed too. */
  erases?: boolean | undefined;
}

/** A revocation as it is stored. Times in milliseconds since 1970. */
export interface RevocationRecord {
  /** When it was made. Of two records of one target the later one counts. */
  at: number;
  /** It applies to tokens that were issued until then. A later token was earned with fresh credentials. */
  issuedUntil: number;
  /** When the last of those tokens has ended. */
  until: number;
  erases: boolean;
}

/** What may be revoked: a token, or without its id an identity that is about to get one. */
export type Holder = Pick<Claims, 'subject' | 'issuedAt'> & { tokenId?: string };

/** By how much the clocks of two relays may differ, in milliseconds. A token may look younger than it is. */
const CLOCKS_DIFFER_MS = 1_000;

/** The field of a target: a digest, because the name of an erased conversation must not remain in Redis. */
export function fieldOf(target: RevocationTarget): string {
  const [[kind, value] = []] = Object.entries(target);
  return `${kind}:${createHash('sha256').update(String(value), 'utf8').digest('base64url')}`;
}

/** The fields whose records may revoke a holder's token, or its access to a conversation. */
export function revocationFields({ tokenId, subject }: Holder, conversation?: ShortName): string[] {
  const targets: RevocationTarget[] = [];
  if (tokenId !== undefined) targets.push({ jti: tokenId });
  if (subject !== '') targets.push({ sub: subject });
  if (conversation !== undefined) targets.push({ conversation });
  return targets.map(fieldOf);
}

/** Whether the record of a field applies to a token. A token without a time of issue counts as an old one. */
export function appliesTo(
  { issuedUntil, until }: RevocationRecord,
  field: string,
  { issuedAt }: Holder,
  now: number,
): boolean {
  if (until <= now) return false;
  return (
    field.startsWith('jti:') || issuedAt === undefined || issuedAt * 1000 <= issuedUntil + CLOCKS_DIFFER_MS
  );
}

/** @param maxSeconds how long after its issue a token may be used. */
export function newRecord(
  now: number,
  maxSeconds: number,
  { blockSeconds = 0, erases = false }: RevocationOptions = {},
): RevocationRecord {
  const issuedUntil = now + blockSeconds * 1000;
  return { at: now, issuedUntil, until: issuedUntil + (maxSeconds + CLOCK_SKEW_SECONDS) * 1000, erases };
}

/** The field of a record's `issuedUntil`. It is apart, because older builds must still be able to read the record. */
export function blockFieldOf(field: string): string {
  return `${field}:block`;
}

/**
 * The fields in Redis: `AT UNTIL`, followed by ` erase` where it erases. A record that applies to later tokens has a
 * second field, `AT +MILLISECONDS`.
 */
export function formatRecord(
  field: string,
  { at, issuedUntil, until, erases }: RevocationRecord,
): Record<string, string> {
  const record = { [field]: `${at} ${until}${erases ? ' erase' : ''}` };
  return issuedUntil > at ? { ...record, [blockFieldOf(field)]: `${at} +${issuedUntil - at}` } : record;
}

export function parseRecord(
  field: string,
  fields: Record<string, string | null>,
): RevocationRecord | undefined {
  const [, at, until, erase] = /^(\d+) (\d+)( erase)?$/.exec(fields[field] ?? '') ?? [];
  if (at === undefined) return undefined;
  // A block with another `AT` belongs to a record that was replaced.
  const [, of, block] = /^(\d+) \+(\d+)$/.exec(fields[blockFieldOf(field)] ?? '') ?? [];
  return {
    at: Number(at),
    issuedUntil: Number(at) + (of === at ? Number(block) : 0),
    until: Number(until),
    erases: erase !== undefined,
  };
}
