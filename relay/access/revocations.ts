import { randomUUID } from 'node:crypto';
import type { ShortName } from '../../shared/conversation-name.ts';
import { REVOCATIONS_KEY } from '../../shared/keys.ts';
import type { Redis } from '../../shared/redis.ts';
import { BLOCK_MAX_SECONDS } from './limits.ts';
import {
  appliesTo,
  blockFieldOf,
  fieldOf,
  formatRecord,
  type Holder,
  newRecord,
  parseRecord,
  type RevocationOptions,
  type RevocationRecord,
  type RevocationTarget,
  revocationFields,
} from './revocation-record.ts';

export interface RevocationsDeps {
  redis: Redis;
  /** For commands that only read. */
  reads?: Redis | undefined;
  /** How long after its issue a token may be used, in seconds. */
  maxSeconds: number;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}

/** The field that changes with every revocation. */
const VERSION = 'version';

/**
 * What is revoked: one hash in Redis, and the part of it that this relay has seen.
 *
 * A new connection or join asks Redis, so that a revocation holds from the moment at which Redis took it. Open
 * connections are found by polling the hash ({@link poll}). A message to all relays could be lost while one of them
 * reconnects; the next poll finds the same. The relays write back what Redis loses, by a fail-over to a replica that
 * lagged or a restart without its data.
 */
export class Revocations {
  readonly #redis: Redis;
  readonly #reads: Redis;
  readonly #maxSeconds: number;
  readonly #now: () => number;
  readonly #known = new Map<string, RevocationRecord>();
  #version: string | null = null;
  /** How many were made here, now and at the last poll. */
  #made = 0;
  #madeBefore = 0;

  constructor({ redis, reads = redis, maxSeconds, now = Date.now }: RevocationsDeps) {
    this.#redis = redis;
    this.#reads = reads;
    this.#maxSeconds = maxSeconds;
    this.#now = now;
  }

  /**
   * Revokes for all relays. Rejects when Redis has not taken it. A later token proves who its holder is, and nothing of
   * what the holder may see, so a revoked conversation stays closed to later tokens for as long as a session may last.
   *
   * @returns when the last token that it applies to has ended.
   */
  async revoke(target: RevocationTarget, options: RevocationOptions = {}): Promise<Date> {
    const field = fieldOf(target);
    const blockSeconds = options.blockSeconds ?? ('conversation' in target ? this.#maxSeconds : 0);
    // Later than the known record, whatever the clock says: of two records the later one counts.
    const at = Math.max(this.#now(), (this.#known.get(field)?.at ?? 0) + 1);
    const record = newRecord(at, this.#maxSeconds, { ...options, blockSeconds });
    await this.#write([[field, record]]);
    // Redis may lose it in a fail-over before any relay has polled.
    this.#known.set(field, record);
    this.#made++;
    return new Date(record.until);
  }

  /** Whether a token or its access to a conversation is revoked. Rejects when Redis does not answer. */
  async isRevoked(holder: Holder, conversation?: ShortName): Promise<boolean> {
    if (this.knows(holder, conversation)) return true;
    const fields = revocationFields(holder, conversation);
    const names = fields.flatMap((field) => [field, blockFieldOf(field)]);
    const values = await this.#reads.hmget(REVOCATIONS_KEY, ...names);
    const stored = Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
    return fields.some((field) => {
      const record = parseRecord(field, stored);
      return record !== undefined && appliesTo(record, field, holder, this.#now());
    });
  }

  /** Like {@link isRevoked}, as far as this relay has seen. */
  knows(holder: Holder, conversation?: ShortName): boolean {
    if (this.#known.size === 0) return false;
    return this.#find(revocationFields(holder, conversation), holder) !== undefined;
  }

  /** The record that ends a token's access to a conversation, as far as this relay has seen. */
  recordOf(conversation: ShortName, holder: Holder): RevocationRecord | undefined {
    return this.#find([fieldOf({ conversation })], holder);
  }

  /** Reads what was revoked since the last poll; true when there was something. Rejects like Redis. */
  async poll(): Promise<boolean> {
    const made = this.#made;
    const isSame = (await this.#reads.hget(REVOCATIONS_KEY, VERSION)) === this.#version;
    if (isSame && made === this.#madeBefore) return false;
    const { [VERSION]: version = null, ...fields } = await this.#reads.hgetall(REVOCATIONS_KEY);
    this.#forgetExpired();
    const lost = [...this.#known].filter(([field, { at }]) => (parseRecord(field, fields)?.at ?? 0) < at);
    for (const field of Object.keys(fields)) {
      const record = parseRecord(field, fields);
      if (record !== undefined && record.at > (this.#known.get(field)?.at ?? 0))
        this.#known.set(field, record);
    }
    if (lost.length > 0) await this.#write(lost);
    // Not the version that the write made: the next poll must find what others have written meanwhile.
    this.#version = version;
    this.#madeBefore = made;
    return true;
  }

  async #write(records: readonly (readonly [field: string, record: RevocationRecord])[]): Promise<void> {
    const expired = [...this.#known].filter(([, { until }]) => until <= this.#now()).map(([field]) => field);
    const transaction = this.#redis.multi();
    if (expired.length > 0) transaction.hdel(REVOCATIONS_KEY, ...expired, ...expired.map(blockFieldOf));
    for (const [field, record] of records) transaction.hset(REVOCATIONS_KEY, formatRecord(field, record));
    transaction.hset(REVOCATIONS_KEY, VERSION, randomUUID());
    // Not before any record ends, including those that other relays have just made.
    transaction.pexpireat(
      REVOCATIONS_KEY,
      newRecord(this.#now(), this.#maxSeconds, { blockSeconds: BLOCK_MAX_SECONDS }).until,
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

  #find(fields: readonly string[], holder: Holder): RevocationRecord | undefined {
    if (this.#known.size === 0) return undefined;
    for (const field of fields) {
      const record = this.#known.get(field);
      if (record !== undefined && appliesTo(record, field, holder, this.#now())) return record;
    }
    return undefined;
  }
}
