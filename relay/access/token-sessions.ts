import type { ShortName } from '../../shared/conversation-name.ts';
import { joinedKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import type { Claims, TokenVerdict } from '../identity/claims.ts';
import type { AccessLimits } from './limits.ts';
import type { Revocations } from './revocations.ts';

/** A token's right to join has ended; the message tells the desktop why. */
export class JoinRefusedError extends Error {
  override readonly name = 'JoinRefusedError';
  /** Whether it may still go on with another conversation. */
  readonly mayGoOn: boolean;

  constructor(message: string, options: { mayGoOn: boolean }) {
    super(message);
    this.mayGoOn = options.mayGoOn;
  }
}

export interface TokenSessionsDeps {
  redis: Redis;
  eventLog: Pick<EventLog, 'isFinished'>;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  limits: Pick<AccessLimits, 'resumableMax'>;
  /** For how long after its issue a token may go on with its conversations, in seconds; 0 for not past its expiry. */
  maxSeconds: number;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/**
 * What a token may do on Socket.IO, where no existing desktop renews its token and calls outlast it.
 *
 * A token that has expired is *resume-only* until its session ends: it keeps the conversations that it had joined, and
 * may join them again while they are not finished, but no other. Once none is left it opens no connection: existing
 * desktops take no notice of a join that is refused, but of a connection that is. Which conversations it had joined is
 * kept in Redis, so that it may come back to any relay. A token without `iat` has no session beyond its expiry.
 */
export class TokenSessions {
  readonly #deps: TokenSessionsDeps;
  readonly #now: () => number;

  constructor(deps: TokenSessionsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** The claims of a token that may have a connection. */
  async admit(verdict: TokenVerdict): Promise<Claims | undefined> {
    const claims = await this.#mayConnect(verdict);
    // While Redis is away it is let in here, too: each join asks again.
    const isRevoked = claims && (await this.#deps.revocations?.isRevoked(claims).catch(() => false));
    return isRevoked === true ? undefined : claims;
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
    if (this.#now() < claims.expiresAt * 1000) return this.#note(conversation, claims);
    if (this.msLeft(claims) <= 0) {
      throw new JoinRefusedError('the token has expired: register again', { mayGoOn: false });
    }
    const { redis, eventLog } = this.#deps;
    const joinedAt = await redis.zscore(joinedKey(claims.tokenId), conversation);
    if (joinedAt === null) {
      const mayGoOn = await this.#mayGoOn(claims);
      throw new JoinRefusedError('the token has expired: register again to join another', { mayGoOn });
    }
    if (await eventLog.isFinished(conversation)) {
      const mayGoOn = await this.#mayGoOn(claims);
      const message = 'the token has expired and the conversation is finished: register again';
      throw new JoinRefusedError(message, { mayGoOn });
    }
  }

  async #mayConnect(verdict: TokenVerdict): Promise<Claims | undefined> {
    if (verdict.valid) return verdict.claims;
    if (verdict.fault !== 'expired' || this.msLeft(verdict.claims) <= 0) return undefined;
    // While Redis is away it is let in, and can join nothing: a refusal would be the last that the desktop hears.
    const mayGoOn = await this.#mayGoOn(verdict.claims).catch(() => true);
    return mayGoOn ? verdict.claims : undefined;
  }

  async #note(conversation: ShortName, claims: Claims): Promise<void> {
    const end = Math.ceil(this.#endOf(claims));
    if (end <= claims.expiresAt) return; // it ends with its expiry, and comes back to nothing
    const key = joinedKey(claims.tokenId);
    const replies = await this.#deps.redis
      .multi()
      .zadd(key, String(this.#now()), conversation)
      .zremrangebyrank(key, 0, -this.#deps.limits.resumableMax - 1)
      .expire(key, Math.ceil(end - this.#now() / 1000))
      .exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }

  /** Whether a conversation is left that the token may come back to. */
  async #mayGoOn({ tokenId }: Claims): Promise<boolean> {
    const { redis, eventLog } = this.#deps;
    const joined = await redis.zrange(joinedKey(tokenId), '0', '-1');
    const finished = await Promise.all(joined.map((name) => eventLog.isFinished(name as ShortName)));
    return finished.includes(false);
  }

  /** In seconds since 1970. */
  #endOf({ issuedAt, expiresAt }: Claims): number {
    return issuedAt === undefined ? expiresAt : Math.max(expiresAt, issuedAt + this.#deps.maxSeconds);
  }
}
