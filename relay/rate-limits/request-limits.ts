import type { FastifyRequest } from 'fastify';
import type { Redis } from '../../shared/redis.ts';
import { addressKey } from '../access/client-address.ts';
import type { SourceOf } from '../access/client-info.ts';
import type { Claims } from '../identity/claims.ts';
import { agentKey, isPersonal } from './agent-key.ts';
import { FairQuota } from './fair-quota.ts';
import type { RateLimits } from './limits.ts';
import { createRate, type Rate } from './rate.ts';
import { RateLimitedError } from './rate-limited-error.ts';

export interface RequestLimitsDeps {
  redis: Redis;
  sourceOf: SourceOf;
  analyzeContentPerMinute: number;
  limits: RateLimits;
  /** By which minutes of the shared quota begin, in milliseconds since 1970; the default is `Date.now`. */
  now?: (() => number) | undefined;
}

/**
 * How much an agent and an address may ask of the relay. Whoever is over a limit is answered 429 with `Retry-After`.
 *
 * Of an address only refused attempts count: a whole site comes from one. Beyond the limit its bad tokens are answered
 * with 429 instead of 401 and are audited no more, and registrations from there have to wait, because a provider would
 * have to be asked whether they are any good. A valid token passes.
 */
export class RequestLimits {
  readonly #sourceOf: SourceOf;
  readonly #refusals: Rate;
  readonly #registrations: Rate;
  readonly #calls: Rate;
  readonly #analyzeContent: Pick<FairQuota, 'take'>;

  constructor(deps: RequestLimitsDeps) {
    const { redis, sourceOf, analyzeContentPerMinute, limits, now } = deps;
    this.#sourceOf = sourceOf;
    this.#refusals = createRate(redis, 'refusals', limits.refusalsPerMinute, limits);
    this.#registrations = createRate(redis, 'registrations', limits.registrationsPerMinute, limits);
    this.#calls = createRate(redis, 'calls', limits.callsPerMinute, limits);
    const quota = { redis, name: 'analyze-content', perMinute: analyzeContentPerMinute, now };
    this.#analyzeContent = new FairQuota(quota);
  }

  /**
   * @throws {RateLimitedError} when too much from the request's address has been refused, or too often let in with this
   * credential, as far as this relay knows: then no provider has to be asked.
   */
  requireUnblocked(request: FastifyRequest): void {
    refuse(this.#refusals.msBlocked(addressKey(this.#sourceOf(request.raw).address)));
    refuse(this.#registrations.msBlocked(credentialOf(request)));
  }

  /**
   * Counts a refused request.
   *
   * @throws {RateLimitedError} when that is too much.
   */
  async refused(request: FastifyRequest): Promise<void> {
    const { address } = this.#sourceOf(request.raw);
    if (!(await this.refusedAt(address))) refuse(this.#refusals.msBlocked(addressKey(address)));
  }

  /** Counts a refused connection of an address; false when that is too much. */
  async refusedAt(address: string): Promise<boolean> {
    return (await this.#refusals.take(addressKey(address))) === 0;
  }

  /**
   * Counts a registration of somebody whom a provider has recognised.
   *
   * @throws {RateLimitedError} when that is too much.
   */
  async registered(request: FastifyRequest, subject: string): Promise<void> {
    if (!isPersonal(subject)) return;
    const ms = await this.#registrations.take(subject);
    if (ms > 0) this.#registrations.block(credentialOf(request), ms);
    refuse(ms);
  }

  /**
   * Counts a request for Dialogflow.
   *
   * @throws {RateLimitedError} when that is too much for one agent.
   */
  async called(claims: Claims): Promise<void> {
    refuse(await this.#calls.take(agentKey(claims)));
  }

  /**
   * Takes one of a quota that all agents share.
   *
   * @throws {RateLimitedError} when it is more than an agent's part.
   */
  async takeQuota(_quota: 'analyzeContent', claims: Claims): Promise<void> {
    const retryAfterMs = await this.#analyzeContent.take(agentKey(claims));
    if (retryAfterMs > 0) {
      throw new RateLimitedError('The quota of analyzeContent is used up: wait.', retryAfterMs);
    }
  }
}

/** What a desktop registers with; told from every identity, which begins with its provider's name, by the space. */
function credentialOf({ headers }: FastifyRequest): string {
  return `credential ${headers.authorization ?? ''}`;
}

function refuse(retryAfterMs: number): void {
  if (retryAfterMs > 0) throw new RateLimitedError('Too many requests: wait.', retryAfterMs);
}
