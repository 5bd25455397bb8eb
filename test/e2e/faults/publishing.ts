import { setTimeout as sleep } from 'node:timers/promises';
import { eventarcRequest } from '../../../scripts/local/eventarc.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';

const TOPIC = `projects/${TEST_PROJECT}/topics/aa-new-message-topic`;
const PUSH_LIMIT_MS = 10_000;

let lastId = 20_000_000_000_000_000n;

/** Publishes messages to the functions as Pub/Sub does: each is pushed until one of them has taken it. */
export class MessagePublisher {
  readonly #urls: readonly string[];
  readonly #random: () => number;
  readonly #padding: string;
  /** Ids of the messages that were taken, in the order of publishing. */
  readonly published = new Map<ShortName, string[]>();

  /** @param extraBytes by how much each message is longer than it has to be. */
  constructor(urls: readonly string[], random: () => number = Math.random, extraBytes = 0) {
    this.#urls = urls;
    this.#random = random;
    this.#padding = ' '.repeat(extraBytes);
  }

  /** Resolves with the message's id when a function has acknowledged it; `copies` are pushed at the same time. */
  async publish(conversation: ShortName, copies = 1): Promise<string> {
    const messageId = String(++lastId);
    const ids = this.published.get(conversation) ?? [];
    this.published.set(conversation, [...ids, messageId]);
    const body = this.#push(conversation, messageId);
    await Promise.all(Array.from({ length: copies }, () => this.#deliver(body)));
    return messageId;
  }

  #push(conversation: ShortName, messageId: string) {
    const publishTime = new Date().toISOString();
    const data = JSON.stringify({
      conversation,
      type: 'NEW_MESSAGE',
      newMessagePayload: { content: `said ${messageId}${this.#padding}` },
    });
    return eventarcRequest(TOPIC, {
      message: {
        data: Buffer.from(data).toString('base64'),
        attributes: {},
        messageId,
        message_id: messageId,
        publishTime,
        publish_time: publishTime,
      },
      subscription: `projects/${TEST_PROJECT}/subscriptions/aa-new-message-sub`,
    });
  }

  async #deliver({ headers, body }: ReturnType<typeof eventarcRequest>): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const url = this.#urls[Math.floor(this.#random() * this.#urls.length)] ?? '';
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers,
          body,
          signal: AbortSignal.timeout(PUSH_LIMIT_MS),
        });
        await response.arrayBuffer();
        if (response.status === 204) return;
      } catch {
        // no answer: the same as a refusal
      }
      await sleep(Math.min(2_000, 100 * 2 ** attempt) * (0.5 + this.#random() / 2));
    }
  }
}
