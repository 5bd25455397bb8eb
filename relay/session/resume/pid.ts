import { createHash, randomBytes } from 'node:crypto';

/**
 * What a `pid` says of the page that shows it. `none`: the relay issued no such `pid`. `foreign`: the relay gave it to
 * another subject. `count` says how many connections of the page had answers before the one that got this `pid`.
 */
export type PidVerdict = { kind: 'page'; page: string; count: number } | { kind: 'none' | 'foreign' };

/** 128 bits. */
const RANDOM_BYTES = 16;
const PID = /^(~?[\w-]{22})\.([\w-]{22})\.(\d{1,9})\.[\w-]{22}$/;

const random = () => randomBytes(RANDOM_BYTES).toString('base64url');

/** Marks the id of a page whose client was known under another one. */
const TAKEN_OVER = '~';
const STAY_LENGTH = 8;

/**
 * The id of a page that the relay does not know.
 *
 * @param isTakenOver whether its client has a `pid` of another subject, and may have an offset that belongs to it.
 */
export function newPage({ isTakenOver }: { isTakenOver: boolean }): string {
  return `${isTakenOver ? TAKEN_OVER : ''}${random()}`;
}

/**
 * The page's first stay in each conversation, as offsets name it. socket.io-client keeps its offset when it gets another
 * `pid`. So after another subject has taken over a client, its offsets must differ from those before.
 */
export function firstStayOf(page: string): string {
  return page.startsWith(TAKEN_OVER) ? page.slice(1, 1 + STAY_LENGTH) : '';
}

/**
 * A fresh `pid` for one connection of a page: `PAGE.OWNER.COUNT.RANDOM`, 128 bits each but for the count.
 *
 * The page's id is the same in all of them. So a refused CONNECT or a lost answer costs nothing, because the previous
 * `pid` still names the page. The random part differs, because a client that gets the same `pid` again considers itself
 * recovered.
 */
export function issuePid(page: string, subject: string, count: number): string {
  return `${page}.${ownerOf(page, subject)}.${count}.${random()}`;
}

/** @param pid what the client sent, which may be anything. */
export function readPid(pid: unknown, subject: string): PidVerdict {
  const [, page, owner, count] = (typeof pid === 'string' && PID.exec(pid)) || [];
  if (page === undefined) return { kind: 'none' };
  // No secret is needed: only somebody who has the page's id could make the digest.
  return owner === ownerOf(page, subject)
    ? { kind: 'page', page, count: Number(count) }
    : { kind: 'foreign' };
}

function ownerOf(page: string, subject: string): string {
  return createHash('sha256')
    .update(`${page} ${subject}`)
    .digest()
    .subarray(0, RANDOM_BYTES)
    .toString('base64url');
}
