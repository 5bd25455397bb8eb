import type { ShortName } from '../../../shared/conversation-name.ts';
import { presenceKey } from '../../../shared/keys.ts';
import type { Redis } from '../../../shared/redis.ts';

/** How long a key outlives the relay that set it, in seconds. */
export const PRESENCE_TTL_SECONDS = 90;

/**
 * Keeps the key that tells the Genesys Cloud audiohook that somebody is watching a conversation. No relay deletes the
 * key, because another relay may still have a desktop there. The key expires.
 */
export class Presence {
  readonly #redis: Redis;
  readonly #owner: string;
  readonly #onRefused: (err: unknown) => void;
  readonly #conversations = new Set<ShortName>();
  readonly #timer: NodeJS.Timeout;

  /** `owner` names this relay and is the key's value. `onRefused` gets the error of each write that Redis refuses. */
  constructor(redis: Redis, owner: string, onRefused: (err: unknown) => void, renewEveryMs: number) {
    this.#redis = redis;
    this.#owner = owner;
    this.#onRefused = onRefused;
    this.#timer = setInterval(() => this.#renew(), renewEveryMs);
    this.#timer.unref();
  }

  add(conversation: ShortName): void {
    if (this.#conversations.has(conversation)) return;
    this.#conversations.add(conversation);
    this.#set(conversation);
  }

  delete(conversation: ShortName): void {
    this.#conversations.delete(conversation);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #renew(): void {
    for (const conversation of this.#conversations) this.#set(conversation);
  }

  #set(conversation: ShortName): void {
    // Nothing waits for the answer. If the write fails, two renewals come before the key expires.
    this.#redis
      .set(presenceKey(conversation), this.#owner, 'EX', PRESENCE_TTL_SECONDS)
      .catch((err: unknown) => this.#onRefused(err));
  }
}
