import type { ShortName } from '../../shared/conversation-name.ts';
import { joinedKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import type { Claims, Verdict } from '../auth/jwt.ts';

/** A token's right to join has ended; the message tells the desktop why. */
export class JoinRefusedError extends Error {
  override readonly name = 'JoinRefusedError';
}

export interface SessionsDeps {
  redis: Redis;
  eventLog: Pick<EventLog, 'isFinished'>;
  /** For how long after its issue a token may go on with its conversations, in seconds; 0 for not past its expiry. */
  maxSeconds: number;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/**
 * What a token may do on Socket.IO, where no existing desktop renews its token and calls outlast it.
 *
 * A token that has expired is *resume-only* until its session ends: it keeps the conversations that it had joined, and
 * may join them again while they are not finished, but no other. Which those are is kept in Redis, so that it may come
 * back to any relay. A token without `iat` has no session beyond its expiry.
 */
export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #now: () => number;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** The claims of a token that may have a connection. */
  admit(verdict: Verdict): Claims | undefined {
    if (verdict.valid) return verdict.claims;
    return verdict.fault === 'expired' && this.msLeft(verdict.claims) > 0 ? verdict.claims : undefined;
  }

  /** Until the session ends, in milliseconds; not above 0 when it is over. */
  msLeft(claims: Claims): number {
    return this.#endOf(claims) * 1000 - this.#now();
  }

  /**
   * Notes that a token joins a conversation, or finds it noted where the token may join nothing new.
   *
   * @throws {JoinRefusedError} when the token may not join this one.
   */
  async join(conversation: ShortName, claims: Claims): Promise<void> {
    const { redis, eventLog } = this.#deps;
    const key = joinedKey(conversation, claims.tokenId);
    if (this.#now() < claims.expiresAt * 1000) {
      const end = Math.ceil(this.#endOf(claims));
      // Only where it can be of use: otherwise the token ends with its expiry.
      if (end > claims.expiresAt) await redis.set(key, '', 'EX', Math.ceil(end - this.#now() / 1000));
      return;
    }
    if (this.msLeft(claims) <= 0) throw new JoinRefusedError('the token has expired: register again');
    const [wasJoined, isFinished] = await Promise.all([redis.exists(key), eventLog.isFinished(conversation)]);
    if (wasJoined === 0) throw new JoinRefusedError('the token has expired: register again to join another');
    if (isFinished) {
      throw new JoinRefusedError('the token has expired and the conversation is finished: register again');
    }
  }

  /** In seconds since 1970. */
  #endOf({ issuedAt, expiresAt }: Claims): number {
    return issuedAt === undefined ? expiresAt : Math.max(expiresAt, issuedAt + this.#deps.maxSeconds);
  }
}
