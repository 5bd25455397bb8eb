import type { ShortName } from '../../shared/conversation-name.ts';
import { joinedKey } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import type { Claims, TokenVerdict } from '../identity/claims.ts';
import type { AccessLimits } from './limits.ts';
import type { Revocations } from './revocations.ts';

/** The token may not join. The message tells the desktop why. */
export class JoinRefusedError extends Error {
  override readonly name = 'JoinRefusedError';
  readonly reason = 'token-expired';
  /** Whether the token may still go on with another conversation. */
  readonly mayGoOn: boolean;

  constructor(message: string, options: { mayGoOn: boolean }) {
    super(message);
    this.mayGoOn = options.mayGoOn;
  }
}

export interface TokenSessionsDeps {
  redis: Redis;
  /** For commands that only read. */
  reads?: Redis | undefined;
  eventLog: Pick<EventLog, 'isFinished'>;
  /** Undefined where nothing can be revoked. */
  revocations?: Pick<Revocations, 'isRevoked'> | undefined;
  /** Is told of a join that Redis did not note: once its token has expired, the desktop has to register again. */
  onRefused(err: unknown): void;
  limits: Pick<AccessLimits, 'resumableMax'>;
  /** For how long after its issue a token may go on with its conversations, in seconds. 0 means until its expiry. */
  maxSeconds: number;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/**
 * What a token may do on Socket.IO, where existing desktops do not renew their token and calls outlast it.
 *
 * An expired token is *resume-only* until its session ends. It keeps the conversations that it had joined, and may join
 * them again until they are finished, but no other. When none is left, the relay refuses its connection: existing
 * desktops notice a refused connection and ignore a refused join. Redis holds the conversations that a token had
 * joined, so that it may come back to any relay. The session of a token without `iat` ends with its expiry.
 */
export class TokenSessions {
  readonly #deps: TokenSessionsDeps;
  readonly #now: () => number;
  /** What is being asked, by token: an expired token may ask over many connections at once. */
  readonly #asked = new Map<string, Promise<boolean>>();

  constructor(deps: TokenSessionsDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
  }

  /** The claims of a token that may have a connection. */
  async admit(verdict: TokenVerdict): Promise<Claims | undefined> {
    const claims = await this.#mayConnect(verdict);
    // While Redis is away the token is let in, because each join asks again.
    const isRevoked = claims && (await this.#deps.revocations?.isRevoked(claims).catch(() => false));
    return isRevoked === true ? undefined : claims;
  }

  /** Milliseconds until the session ends; 0 or less when it has ended. */
  msLeft(claims: Claims): number {
    return this.#endOf(claims) * 1000 - this.#now();
  }

  /**
   * Stores that a token joins a conversation, which nobody waits for. An expired token may only join what was stored
   * before.
   *
   * @throws {JoinRefusedError} when the token may not join this one.
   */
  async join(conversation: ShortName, claims: Claims): Promise<void> {
    if (this.#now() < claims.expiresAt * 1000) {
      // A join needs no write: a Redis that is full, or read-only after a fail-over, keeps nobody out.
      this.#note(conversation, claims).catch((err: unknown) => this.#deps.onRefused(err));
      return;
    }
    if (this.msLeft(claims) <= 0) {
      throw new JoinRefusedError('the token has expired: register again', { mayGoOn: false });
    }
    const { redis, reads = redis, eventLog } = this.#deps;
    const joinedAt = await reads.zscore(joinedKey(claims.tokenId), conversation);
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
    // While Redis is away the token is let in, and can join nothing. A refused desktop would not come back.
    const mayGoOn = await this.#mayGoOn(verdict.claims).catch(() => true);
    return mayGoOn ? verdict.claims : undefined;
  }

  async #note(conversation: ShortName, claims: Claims): Promise<void> {
    const end = Math.ceil(this.#endOf(claims));
    if (end <= claims.expiresAt) return; // the session ends with the token
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
  #mayGoOn({ tokenId }: Claims): Promise<boolean> {
    const known = this.#asked.get(tokenId);
    if (known !== undefined) return known;
    const asked = this.#findUnfinished(tokenId).finally(() => this.#asked.delete(tokenId));
    this.#asked.set(tokenId, asked);
    return asked;
  }

  async #findUnfinished(tokenId: string): Promise<boolean> {
    const { redis, reads = redis, eventLog } = this.#deps;
    const joined = await reads.zrange(joinedKey(tokenId), '0', '-1');
    const finished = await Promise.all(joined.map((name) => eventLog.isFinished(name as ShortName)));
    return finished.includes(false);
  }

  /** In seconds since 1970. */
  #endOf({ issuedAt, expiresAt }: Claims): number {
    return issuedAt === undefined ? expiresAt : Math.max(expiresAt, issuedAt + this.#deps.maxSeconds);
  }
}
