import type { Answer, Question, Webhook } from './authorizer-webhook.ts';

/** An answer, and until when it may be used without asking again, in milliseconds since 1970. */
export interface Kept {
  answer: Answer;
  until: number;
}

export interface AskOptions {
  /** The Cloud Trace name of the request that the question is about. */
  trace?: string | undefined;
  isAnew?: boolean | undefined;
}

export interface CachedAnswersDeps {
  webhook: Pick<Webhook, 'ask'>;
  cacheMs: number;
  /** How many are kept; one more drops the one that was asked for least recently. */
  max: number;
  now: () => number;
}

/** The authorizer's answers, each kept for a while. Whoever asks what is being asked already waits for that answer. */
export class CachedAnswers {
  readonly #deps: CachedAnswersDeps;
  /** The least recently used first. */
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, Promise<Kept>>();

  constructor(deps: CachedAnswersDeps) {
    this.#deps = deps;
  }

  /**
   * @param options `trace` is of whoever asks; of those who ask the same at the same time, the first one's is sent.
   * `isAnew`: not a kept answer.
   * @throws {AuthorizerUnavailable} when there is no answer, which is not kept.
   */
  async get(question: Question, { trace, isAnew = false }: AskOptions = {}): Promise<Kept> {
    const key = keyOf(question);
    const kept = this.#kept.get(key);
    if (isAnew || kept === undefined || kept.until <= this.#deps.now()) {
      return this.#ask(key, question, trace);
    }
    this.#keep(key, kept);
    return kept;
  }

  /** Until when the answer to a question that is asked now will be used, in milliseconds since 1970. */
  freshUntil(): number {
    return this.#deps.now() + this.#deps.cacheMs;
  }

  #ask(key: string, question: Question, trace: string | undefined): Promise<Kept> {
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    // From the question on, not from the answer: what changes while the webhook works is not in its answer.
    const until = this.freshUntil();
    const asking = this.#deps.webhook
      .ask(question, trace)
      .then((answer) => {
        const kept = { answer, until };
        this.#keep(key, kept);
        return kept;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#deps.max && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function keyOf({ agent, conversation, action }: Question): string {
  return JSON.stringify([agent.sub, conversation, action]);
}
