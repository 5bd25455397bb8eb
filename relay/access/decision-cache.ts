import { LRUCache } from 'lru-cache';
import type { Answer, Question, Webhook } from './authorizer-webhook.ts';
import type { AccessLimits } from './limits.ts';

/** An answer, and until when it may be used without asking again, in milliseconds since 1970. */
export interface CachedDecision {
  answer: Answer;
  until: number;
}

/** Makes a call when it is the asker's turn. */
export type Turn = <T>(call: () => Promise<T>) => Promise<T>;

export interface AskOptions {
  /** The Cloud Trace name of the request that the question is about. */
  trace?: string | undefined;
  skipCache?: boolean | undefined;
  /** By default the call is made at once. */
  turn?: Turn | undefined;
}

/** What a call to the webhook needs. */
interface Call {
  question: Question;
  trace: string | undefined;
  turn: Turn;
}

/**
 * The authorizer's answers, each kept for a while. One more than fits drops the least recently used. Concurrent askers
 * of one question share one call.
 */
export class DecisionCache {
  readonly #cacheMs: number;
  readonly #now: () => number;
  readonly #cache: LRUCache<string, CachedDecision, Call>;

  constructor(
    webhook: Pick<Webhook, 'ask'>,
    limits: Pick<AccessLimits, 'authorizerCacheMs' | 'authorizerCacheMax'>,
    now: () => number = Date.now,
  ) {
    this.#cacheMs = limits.authorizerCacheMs;
    this.#now = now;
    // The cache's own expiry counts from the answer, so each answer carries its own.
    this.#cache = new LRUCache({
      max: limits.authorizerCacheMax,
      fetchMethod: async (_key, _stale, { context: { question, trace, turn } }) => {
        // A change that is made while the webhook works may be missing from its answer.
        const until = this.freshUntil();
        return { answer: await turn(() => webhook.ask(question, trace)), until };
      },
      // A failed call leaves the answer that is kept. It is used until its own time ends.
      noDeleteOnFetchRejection: true,
      // A call that the cache has no room for still answers its askers.
      ignoreFetchAbort: true,
    });
  }

  /**
   * @param options `trace` and `turn` are the asker's. Of concurrent askers of one question, the first one's are used.
   * `skipCache` skips a kept answer.
   * @throws {AuthorizerUnavailable} when there is no answer. That is not kept.
   */
  async get(question: Question, options: AskOptions = {}): Promise<CachedDecision> {
    const { trace, skipCache = false, turn = (call) => call() } = options;
    const key = keyOf(question);
    // Also while a call is under way. The cache's fetch would wait for that call, and fail with it.
    const kept = this.#cache.get(key);
    if (!skipCache && kept !== undefined && kept.until > this.#now()) return kept;
    return this.#cache.forceFetch(key, { forceRefresh: true, context: { question, trace, turn } });
  }

  /** Until when the answer to a question that is asked now may be used, in milliseconds since 1970. */
  freshUntil(): number {
    return this.#now() + this.#cacheMs;
  }
}

function keyOf({ agent, conversation, action }: Question): string {
  return JSON.stringify([agent.sub, conversation, action]);
}
