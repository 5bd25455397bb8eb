import type { Redis } from '../../shared/redis.ts';
import { addressKey } from '../access/client-address.ts';
import type { Claims } from '../identity/claims.ts';
import { agentKey, isPersonal } from './agent-key.ts';
import { FairQuota } from './fair-quota.ts';
import type { RateLimits } from './limits.ts';
import { createRate, type Rate } from './rate.ts';
import { RateLimitedError } from './rate-limited-error.ts';

export interface RateLimiterDeps {
  redis: Redis;
  analyzeContentPerMinute: number;
  limits: RateLimits;
  /** Tells when a minute of the shared quota begins, in milliseconds since 1970. The default is `Date.now`. */
  now?: (() => number) | undefined;
}

/** A caller that registers. */
export interface Caller {
  address: string;
  /** What it registers with: the value of the `Authorization` header. */
  credential: string;
}

/**
 * How much an agent and an address may ask of the relay.
 *
 * Only refused attempts count for an address, because a whole site may share one. Beyond the limit its bad tokens are
 * answered with 429 instead of 401 and no longer audited, and its registrations have to wait, because only a provider
 * could tell whether they are good. A valid token passes.
 */
export class RateLimiter {
  readonly #refusals: Rate;
  readonly #adminRefusals: Rate;
  readonly #registrations: Rate;
  readonly #calls: Rate;
  readonly #analyzeContent: Pick<FairQuota, 'take'>;

  constructor({ redis, analyzeContentPerMinute, limits, now }: RateLimiterDeps) {
    this.#refusals = createRate(redis, 'refusals', limits.refusalsPerMinute, limits);
    this.#adminRefusals = createRate(redis, 'admin-refusals', limits.adminRefusalsPerMinute, limits);
    this.#registrations = createRate(redis, 'registrations', limits.registrationsPerMinute, limits);
    this.#calls = createRate(redis, 'calls', limits.callsPerMinute, limits);
    this.#analyzeContent = new FairQuota(redis, 'analyze-content', analyzeContentPerMinute, now);
  }

  /**
   * Checks what this relay knows, without Redis: then no provider is asked about a caller that is over a limit.
   *
   * @throws {RateLimitedError} when too many attempts from the address were refused, or the credential has registered
   * too often.
   */
  requireUnblocked({ address, credential }: Caller): void {
    refuse(this.#refusals.msBlocked(addressKey(address)));
    refuse(this.#registrations.msBlocked(credentialKey(credential)));
  }

  /**
   * Counts a refused request of an address.
   *
   * @throws {RateLimitedError} when there are too many.
   */
  async refused(address: string): Promise<void> {
    if (!(await this.refusedAt(address))) refuse(this.#refusals.msBlocked(addressKey(address)));
  }

  /**
   * Counts a wrong admin token of an address, which is a refused request too. Beyond their limit they do not count as such:
   * the address's registrations need not wait for them.
   *
   * @throws {RateLimitedError} when there are too many.
   */
  async adminRefused(address: string): Promise<void> {
    refuse(await this.#adminRefusals.take(addressKey(address)));
    await this.refused(address);
  }

  /** Counts a refused connection of an address; false when there are too many. */
  async refusedAt(address: string): Promise<boolean> {
    return (await this.#refusals.take(addressKey(address))) === 0;
  }

  /**
   * Counts a registration of an identity that a provider has verified.
   *
   * @throws {RateLimitedError} when there are too many.
   */
  async registered(subject: string, credential: string): Promise<void> {
    if (!isPersonal(subject)) return;
    const ms = await this.#registrations.take(subject);
    if (ms > 0) this.#registrations.block(credentialKey(credential), ms);
    refuse(ms);
  }

  /**
   * Counts a request for Dialogflow.
   *
   * @throws {RateLimitedError} when there are too many of one agent.
   */
  async called(claims: Claims): Promise<void> {
    refuse(await this.#calls.take(agentKey(claims)));
  }

  /**
   * Takes one of a quota that all agents share.
   *
   * @throws {RateLimitedError} when it is more than an agent's share.
   */
  async takeQuota(_quota: 'analyzeContent', claims: Claims): Promise<void> {
    const retryAfterMs = await this.#analyzeContent.take(agentKey(claims));
    if (retryAfterMs > 0) {
      throw new RateLimitedError('The quota of analyzeContent is used up: wait.', retryAfterMs);
    }
  }
}

/** Differs from every identity by its space: identities start with the name of a provider and a colon. */
function credentialKey(credential: string): string {
  return `credential ${credential}`;
}

function refuse(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new RateLimitedError('Too many requests: wait.', retryAfterMs);
}
