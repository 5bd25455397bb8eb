import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { TRACE_CHANNEL } from '../../shared/keys.ts';
import type { Logger } from '../../shared/log.ts';
import { publish, type Redis, reconnectDelay } from '../../shared/redis.ts';
import type { Subscriber } from '../delivery/subscriber.ts';
import type { TraceLimits } from './limits.ts';
import { type RelayReport, relayReport } from './relay-report.ts';

const question = v.object({ id: v.string(), conversation: v.string(), agent: v.string() });
const message = v.variant('type', [
  v.object({ type: v.literal('question'), question }),
  v.object({ type: v.literal('answer'), id: v.string(), report: relayReport }),
]);

/** What the relays are asked: what they know of a conversation, and of an agent, '' for none. */
export type Question = Omit<v.InferOutput<typeof question>, 'id'>;

export interface Answers {
  /** The asking relay's own first. */
  reports: RelayReport[];
  /** Relays that have heard the question and have not answered in time. */
  missing: number;
  /** Whether the asking relay has heard its own question. Else its desktops get no live events either. */
  isHeard: boolean;
}

export interface InquiryDeps {
  redis: Redis;
  /** What this relay answers. */
  report(question: Question): Promise<RelayReport>;
  logger: Logger;
  limits: Pick<TraceLimits, 'answerWithinMs'>;
}

interface Pending {
  answers: Map<string, RelayReport>;
  onAnswer(): void;
}

/**
 * Asks all relays of a service, over one Redis channel. Question and answers are published there, so nothing rests in
 * Redis and nothing is written while nobody asks. Redis says how many relays have heard the question, so the one that
 * asks knows how many answers there have to be. On a cluster the channel has one slot, and all relays subscribe at its
 * primary.
 */
export class Inquiry {
  readonly #deps: InquiryDeps;
  readonly #pending = new Map<string, Pending>();
  /** Resolves when this relay hears the channel: before, it would wait in vain for the answers. */
  readonly #listening = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(deps: InquiryDeps) {
    this.#deps = deps;
  }

  /** Subscribes the channel, and goes on trying while Redis is away. */
  async listen(subscriber: Pick<Subscriber, 'subscribe'>): Promise<void> {
    for (let attempt = 1; !this.#isClosed; attempt++) {
      try {
        await subscriber.subscribe(TRACE_CHANNEL);
        return this.#listening.resolve();
      } catch (err) {
        this.#deps.logger.debug({ err }, 'cannot subscribe the channel of traces: will try again');
        await sleep(reconnectDelay(attempt), undefined, { ref: false });
      }
    }
  }

  /** Takes a message of the channel; false for one of another channel. */
  takes(channel: string, text: string): boolean {
    if (channel !== TRACE_CHANNEL) return false;
    const parsed = v.safeParse(message, parseJson(text));
    if (!parsed.success) return true; // of a newer build
    const { output } = parsed;
    if (output.type === 'question') {
      this.#answer(output.question).catch((err: unknown) =>
        this.#deps.logger.debug({ err }, 'cannot answer a trace'),
      );
    } else {
      const pending = this.#pending.get(output.id);
      pending?.answers.set(output.report.relay, output.report);
      pending?.onAnswer();
    }
    return true;
  }

  /** Asks every relay, this one included. Rejects like Redis. */
  async ask(asked: Question): Promise<Answers> {
    const { redis, report, limits } = this.#deps;
    const id = randomUUID();
    const own = await report(asked);
    const answers = new Map<string, RelayReport>();
    const complete = Promise.withResolvers<void>();
    let expected = Number.POSITIVE_INFINITY;
    const onAnswer = () => {
      if (answers.size >= expected) complete.resolve();
    };
    this.#pending.set(id, { answers, onAnswer });
    const timer = setTimeout(complete.resolve, limits.answerWithinMs);
    try {
      await Promise.race([this.#listening.promise, complete.promise]);
      const text = JSON.stringify({ type: 'question', question: { id, ...asked } });
      expected = await publish(redis, TRACE_CHANNEL, text);
      onAnswer();
      await complete.promise;
    } finally {
      clearTimeout(timer);
      this.#pending.delete(id);
    }
    const isHeard = answers.delete(own.relay);
    const others = [...answers.values()];
    return { reports: [own, ...others], missing: expected - others.length - Number(isHeard), isHeard };
  }

  close(): void {
    this.#isClosed = true;
  }

  async #answer({ id, ...asked }: v.InferOutput<typeof question>): Promise<void> {
    const report = await this.#deps.report(asked);
    await publish(this.#deps.redis, TRACE_CHANNEL, JSON.stringify({ type: 'answer', id, report }));
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
