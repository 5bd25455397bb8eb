import type { Redis } from '../../shared/redis.ts';
import { addressKey } from '../access/client-address.ts';
import type { Claims } from '../identity/claims.ts';
import { agentKey, isPersonal, isService } from './agent-key.ts';
import { CallsUnderWay } from './calls-under-way.ts';
import { FairQuota } from './fair-quota.ts';
import type { RateLimits } from './limits.ts';
import { createRate, type Rate } from './rate.ts';
import { type LimitRefusal, RateLimitedError } from './rate-limited-error.ts';

export interface RateLimiterDeps {
  redis: Redis;
  analyzeContentPerMinute: number;
  limits: RateLimits;
  /** Tells when a minute of the shared quota begins, in milliseconds since 1970. The default is `Date.now`. */
  now?: (() => number) | undefined;
}

const DAY_SECONDS = 24 * 60 * 60;

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
  readonly #keyLookups: Rate;
  readonly #keyWrites: Rate;
  readonly #keysStored: Rate;
  readonly #lists: Rate;
  /** The proxied calls of this relay. */
  readonly callsUnderWay: CallsUnderWay;
  readonly #analyzeContent: Pick<FairQuota, 'take'>;

  constructor({ redis, analyzeContentPerMinute, limits, now }: RateLimiterDeps) {
    this.#refusals = createRate(redis, 'refusals', limits.refusalsPerMinute, limits);
    this.#adminRefusals = createRate(redis, 'admin-refusals', limits.adminRefusalsPerMinute, limits);
    this.#registrations = createRate(redis, 'registrations', limits.registrationsPerMinute, limits);
    this.#calls = createRate(redis, 'calls', limits.callsPerMinute, limits);
    this.#keyLookups = createRate(redis, 'key-lookups', limits.keyLookupsPerMinute, limits);
    this.#keyWrites = createRate(redis, 'key-writes', limits.keyWritesPerMinute, limits);
    this.#keysStored = createRate(redis, 'keys-stored', limits.keysStoredPerDay, limits, DAY_SECONDS);
    this.#lists = createRate(redis, 'lists', limits.listsPerMinute, limits);
    this.callsUnderWay = new CallsUnderWay(limits);
    this.#analyzeContent = new FairQuota(redis, 'analyze-content', analyzeContentPerMinute, now);
  }

  /**
   * Checks what this relay knows, without Redis: then no provider is asked about a caller that is over a limit.
   *
   * @throws {RateLimitedError} when too many attempts from the address were refused, or the credential has registered
   * too often.
   */
  requireUnblocked({ address, credential }: Caller): void {
    refuse('limit-refusals', this.#refusals.msBlocked(addressKey(address)));
    refuse('limit-registrations', this.#registrations.msBlocked(credentialKey(credential)));
  }

  /**
   * Counts a refused request of an address.
   *
   * @throws {RateLimitedError} when there are too many.
   */
  async refused(address: string): Promise<void> {
    if (await this.refusedAt(address)) return;
    refuse('limit-refusals', this.#refusals.msBlocked(addressKey(address)));
  }

  /**
   * Counts a wrong admin token of an address, which is a refused request too. Beyond their limit they do not count as such:
   * the address's registrations need not wait for them.
   *
   * @throws {RateLimitedError} when there are too many.
   */
  async adminRefused(address: string): Promise<void> {
    refuse('limit-admin-refusals', await this.#adminRefusals.take(addressKey(address)));
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
    refuse('limit-registrations', ms, { subject });
  }

  /**
   * Counts a request for Dialogflow.
   *
   * @throws {RateLimitedError} when there are too many of one agent.
   */
  async called(claims: Claims): Promise<void> {
    refuse('limit-calls', await this.#calls.take(agentKey(claims)), claims);
  }

  /**
   * Counts a request of `/conversation-name`.
   *
   * @throws {RateLimitedError} when there are too many of one agent.
   */
  async usedKey(method: string, claims: Claims): Promise<void> {
    const agent = agentKey(claims);
    if (method !== 'POST' && method !== 'DELETE') {
      return refuse('limit-key-lookups', await this.#keyLookups.take(agent), claims);
    }
    refuse('limit-key-writes', await this.#keyWrites.take(agent), claims);
    if (method !== 'POST' || isService(claims.subject)) return;
    const retryAfterMs = await this.#keysStored.take(agent);
    if (retryAfterMs <= 0) return;
    const refusal = { reason: 'limit-keys-stored', agent: claims } as const;
    throw new RateLimitedError('Too many integration keys were stored: wait.', retryAfterMs, refusal);
  }

  /**
   * Counts a request for a page of the list of conversations.
   *
   * @throws {RateLimitedError} when there are too many of one agent.
   */
  async listed(claims: Claims): Promise<void> {
    refuse('limit-lists', await this.#lists.take(agentKey(claims)), claims);
  }

  /**
   * Takes one of a quota that all agents share.
   *
   * @throws {RateLimitedError} when it is more than an agent's share.
   */
  async takeQuota(_quota: 'analyzeContent', claims: Claims): Promise<void> {
    const retryAfterMs = await this.#analyzeContent.take(agentKey(claims));
    if (retryAfterMs <= 0) return;
    const refusal = { reason: 'limit-analyze-content', agent: claims } as const;
    throw new RateLimitedError('The quota of analyzeContent is used up: wait.', retryAfterMs, refusal);
  }
}

/** @throws {RateLimitedError} when there is something to wait for. */
function refuse(reason: LimitRefusal['reason'], retryAfterMs: number, agent?: LimitRefusal['agent']): void {
  if (retryAfterMs <= 0) return;
  throw new RateLimitedError('Too many requests: wait.', retryAfterMs, { reason, agent });
}

/** Differs from every identity by its space: identities start with the name of a provider and a colon. */
function credentialKey(credential: string): string {
  return `credential ${credential}`;
}
