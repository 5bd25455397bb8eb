// Redis keeps how far pages that join by name have got, for a day longer than the conversation's log. Each page has a name:
// its own, or that of all pages with its token and User-Agent. A name has a hash in each conversation, see the fields.
import type { ShortName } from '../../../shared/conversation-name.ts';
import { pagesKey, placesKey } from '../../../shared/keys.ts';
import type { Redis } from '../../../shared/redis.ts';
import { redisScript } from '../../../shared/redis-script.ts';
import { fromCursor, type Position, toCursor } from '../../../shared/stream/position.ts';

/** Whose place it is, and in which conversation. */
export interface PlaceName {
  conversation: ShortName;
  name: string;
}

/** Where the page is, and which connection has it. */
export interface Place extends PlaceName {
  connection: string;
}

/** The pages that have had one name. */
export interface PagesOfName {
  /** How many there were, or more, because a count that is written twice counts twice. */
  count: number;
  /** The acknowledgement id that comes next. */
  nextId: number;
}

/** How much longer than the log a place lives, in seconds: a leave must not be forgotten before the log is. */
const EXTRA_TTL_SECONDS = 86_400;
/** How long a name's pages are known, in seconds: longer than any token is valid. */
const PAGES_TTL_SECONDS = 7 * 86_400;
const COUNT = 'count';
const NEXT_ID = 'next';

/** Connection that moves the place. */
const BY = 'by';
/** Cursor. */
const AT = 'at';
/** The page's present stay in the conversation. Absent for the first. */
const STAY = 'stay';

// KEYS: place. ARGV: connection, cursor, seconds to live. Moves it, if it is still this connection's.
const MOVE = `
if redis.call('HGET', KEYS[1], '${BY}') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], '${AT}', ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[3])`;

// KEYS: place. ARGV: stay, seconds to live, '1' to write only where the page is known. Returns whether it has written.
const LEAVE = `
if ARGV[3] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], '${STAY}', ARGV[1])
return redis.call('EXPIRE', KEYS[1], ARGV[2])`;

/** The position in a stored place. None if there is no place, or its page has left. Rejects like Redis. */
export async function positionIn(reads: Redis, key: string): Promise<Position | undefined> {
  return fromCursor(await reads.hget(key, AT));
}

export class Places {
  readonly #redis: Redis;
  readonly #reads: Redis;
  readonly #ttl: number;
  readonly #move;
  readonly #leave;

  /** @param reads for commands that only read. They may overtake writes that Redis has not answered. */
  constructor(redis: Redis, { historyTtlSeconds }: { historyTtlSeconds: number }, reads: Redis = redis) {
    this.#redis = redis;
    this.#reads = reads;
    this.#ttl = historyTtlSeconds + EXTRA_TTL_SECONDS;
    this.#move = redisScript(redis, MOVE, Boolean);
    this.#leave = redisScript(redis, LEAVE, Boolean);
  }

  /** None where the page has none, or has left. */
  async find({ conversation, name }: PlaceName): Promise<Position | undefined> {
    return positionIn(this.#reads, placesKey(conversation, name));
  }

  /** The page's present stay in the conversation; '' for the first. */
  async stay({ conversation, name }: PlaceName): Promise<string> {
    return (await this.#reads.hget(placesKey(conversation, name), STAY)) ?? '';
  }

  /** A connection of the page has joined. From now on only this one moves the place. */
  async start(place: Place, position: Position): Promise<void> {
    const key = placesKey(place.conversation, place.name);
    const fields = { [BY]: place.connection, [AT]: toCursor(position) };
    await all(this.#redis.multi().hset(key, fields).expire(key, this.#ttl));
  }

  async move(place: Place, position: Position): Promise<void> {
    const key = placesKey(place.conversation, place.name);
    await this.#move([key], [place.connection, toCursor(position), this.#ttl]);
  }

  /**
   * The page has left. Resolves with whether that was written.
   *
   * @param stay the one that follows.
   */
  leave(
    { conversation, name }: PlaceName,
    stay: string,
    { ifKnown }: { ifKnown: boolean },
  ): Promise<boolean> {
    return this.#leave([placesKey(conversation, name)], [stay, this.#ttl, ifKnown ? '1' : '']);
  }

  /** So many more pages have this name. */
  async addPages(name: string, count: number): Promise<void> {
    const key = pagesKey(name);
    await all(this.#redis.multi().hincrby(key, COUNT, count).expire(key, PAGES_TTL_SECONDS));
  }

  async setNextId(name: string, id: number): Promise<void> {
    const key = pagesKey(name);
    await all(this.#redis.multi().hset(key, NEXT_ID, id).expire(key, PAGES_TTL_SECONDS));
  }

  /** It is ordered with the writes, because a page's next id is written right after it. */
  async pages(name: string): Promise<PagesOfName> {
    const [count, nextId] = await this.#redis.hmget(pagesKey(name), COUNT, NEXT_ID);
    return { count: Number(count ?? 0), nextId: Number(nextId ?? 0) };
  }
}

/** Rejects when one of the commands has failed. */
async function all(commands: ReturnType<Redis['multi']>): Promise<void> {
  for (const [error] of (await commands.exec()) ?? []) if (error) throw error;
}
