import { randomUUID } from 'node:crypto';
import type { ShortName } from '../../shared/conversation-name.ts';
import { REVOCATIONS_KEY } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import { BLOCK_MAX_SECONDS } from './limits.ts';
import {
  blockFieldOf,
  fieldOf,
  fieldsOf,
  formatMark,
  goesFor,
  type Holder,
  type Mark,
  type MarkOptions,
  newMark,
  parseMark,
  type Target,
} from './revocation-record.ts';

export interface RevocationsDeps {
  redis: Redis;
  /** How long after its issue a token may be of use, in seconds. */
  maxSeconds: number;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** The field that changes with every revocation. */
const VERSION = 'version';

/**
 * What is revoked: one hash in Redis, and what this relay has seen of it.
 *
 * Whoever is about to let somebody in asks Redis, so that a revocation holds from the moment at which it was taken.
 * Those who are in already are found by looking at the hash again and again ({@link poll}): a message to all relays could
 * be lost while one of them is connecting anew, a look a moment later finds the same. What Redis loses (a fail-over to a
 * replica that lagged, a restart without its data), the relays write back.
 */
export class Revocations {
  readonly #redis: Redis;
  readonly #maxSeconds: number;
  readonly #now: () => number;
  readonly #known = new Map<string, Mark>();
  #version: string | null = null;
  /** How many were made here, now and at the last poll. */
  #made = 0;
  #madeBefore = 0;

  constructor({ redis, maxSeconds, now = Date.now }: RevocationsDeps) {
    this.#redis = redis;
    this.#maxSeconds = maxSeconds;
    this.#now = now;
  }

  /**
   * Revokes to all relays; rejects when Redis has not taken it. A new token says again who somebody is, and nothing of
   * what they may see: so a conversation stays closed to later ones, too, for as long as a session may last.
   *
   * @returns when the last token that it goes for has come to its end.
   */
  async revoke(target: Target, options: MarkOptions = {}): Promise<Date> {
    const field = fieldOf(target);
    const blockSeconds = options.blockSeconds ?? ('conversation' in target ? this.#maxSeconds : 0);
    // Behind those that are known, whatever the clock says: of two the one with the later `at` counts.
    const at = Math.max(this.#now(), (this.#known.get(field)?.at ?? 0) + 1);
    const mark = newMark(at, this.#maxSeconds, { ...options, blockSeconds });
    await this.#write([[field, mark]]);
    // Redis may lose it (a fail-over) before any relay has looked.
    this.#known.set(field, mark);
    this.#made++;
    return new Date(mark.until);
  }

  /** Whether a token is revoked, or its way to a conversation; rejects when Redis does not answer. */
  async isRevoked(holder: Holder, conversation?: ShortName): Promise<boolean> {
    if (this.knows(holder, conversation)) return true;
    const fields = fieldsOf(holder, conversation);
    const names = fields.flatMap((field) => [field, blockFieldOf(field)]);
    const values = await this.#redis.hmget(REVOCATIONS_KEY, ...names);
    const kept = Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
    return fields.some((field) => {
      const mark = parseMark(field, kept);
      return mark !== undefined && goesFor(mark, field, holder, this.#now());
    });
  }

  /** The same, as far as this relay has seen. */
  knows(holder: Holder, conversation?: ShortName): boolean {
    return this.#find(fieldsOf(holder, conversation), holder) !== undefined;
  }

  /** The mark that takes a token out of a conversation, as far as this relay has seen. */
  markOf(conversation: ShortName, holder: Holder): Mark | undefined {
    return this.#find([fieldOf({ conversation })], holder);
  }

  /** Reads what was revoked since the last poll; true when there was something. Rejects like Redis. */
  async poll(): Promise<boolean> {
    const made = this.#made;
    const isSame = (await this.#redis.hget(REVOCATIONS_KEY, VERSION)) === this.#version;
    if (isSame && made === this.#madeBefore) return false;
    const { [VERSION]: version = null, ...fields } = await this.#redis.hgetall(REVOCATIONS_KEY);
    this.#forgetExpired();
    const lost = [...this.#known].filter(([field, { at }]) => (parseMark(field, fields)?.at ?? 0) < at);
    for (const field of Object.keys(fields)) {
      const mark = parseMark(field, fields);
      if (mark !== undefined && mark.at > (this.#known.get(field)?.at ?? 0)) this.#known.set(field, mark);
    }
    if (lost.length > 0) await this.#write(lost);
    // Not that of what was written back: others may have written meanwhile, which the next poll has to find.
    this.#version = version;
    this.#madeBefore = made;
    return true;
  }

  async #write(marks: readonly (readonly [field: string, mark: Mark])[]): Promise<void> {
    const expired = [...this.#known].filter(([, { until }]) => until <= this.#now()).map(([field]) => field);
    const transaction = this.#redis.multi();
    if (expired.length > 0) transaction.hdel(REVOCATIONS_KEY, ...expired, ...expired.map(blockFieldOf));
    for (const [field, mark] of marks) transaction.hset(REVOCATIONS_KEY, formatMark(field, mark));
    transaction.hset(REVOCATIONS_KEY, VERSION, randomUUID());
    // Not before any of them ends, those that were made elsewhere a moment ago included.
    transaction.pexpireat(
      REVOCATIONS_KEY,
      newMark(this.#now(), this.#maxSeconds, { blockSeconds: BLOCK_MAX_SECONDS }).until,
    );
    const results = await transaction.exec();
    const failure = results?.find(([error]) => error !== null)?.[0];
    if (results === null || failure) throw failure ?? new Error('the transaction was not run');
  }

  #forgetExpired(): void {
    for (const [field, { until }] of this.#known) {
      if (until <= this.#now()) this.#known.delete(field);
    }
  }

  #find(fields: readonly string[], holder: Holder): Mark | undefined {
    if (this.#known.size === 0) return undefined;
    for (const field of fields) {
      const mark = this.#known.get(field);
      if (mark !== undefined && goesFor(mark, field, holder, this.#now())) return mark;
    }
    return undefined;
  }
}
