// How far pages that join by name have got, in Redis, a day longer than the conversation's log. A page is known by a name
// of its own, or shares a name with other pages. Each name has a hash: a field for each connection, `NEXT_ID CURSOR[ TAKER]`.
// TAKER is the connection of a page whose place this may have been.
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys, placesKey } from '../../../shared/keys.ts';
import type { Redis } from '../../../shared/redis.ts';
import { redisScript } from '../../../shared/redis-script.ts';
import { fromCursor, type Position, START, toCursor } from '../../../shared/stream/position.ts';

/** One connection's place. */
export interface Place {
  conversation: ShortName;
  /** Of the page, or of all pages that it cannot be told from. */
  name: string;
  connection: string;
  /** The acknowledgement id that the page will use next, as far as the relay knows. */
  nextId: number;
}

/** How much longer than the log a place lives, in seconds: a leave must not be forgotten before the log is. */
const EXTRA_TTL_SECONDS = 86_400;
/** Field that names the page's present stay in the conversation. */
const STAY = 'stay';
/** Places of one name at most. Beyond that none is kept, and {@link ANY} stands for all: every page starts anew. */
const PLACES_MAX = 64;
const ANY = '!';

// KEYS: places. ARGV: connection, next id, cursor, seconds to live, '1' to write only what is there, known taker. Returns ''
// or the taker that keeps the place from being written. A next id never rises: another page may have to find the place.
const PUT = `
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[5] == '1' and not stored then return '' end
if not stored and redis.call('HLEN', KEYS[1]) >= ${PLACES_MAX} then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], '${ANY}', '')
end
local value = ARGV[2] .. ' ' .. ARGV[3]
if stored then
  local next, taker = string.match(stored, '^(%d+) %S+ ?(%S*)$')
  local isOpen = taker ~= '' and taker ~= ARGV[6]
  if isOpen and ARGV[3] ~= '0' then return taker end
  value = string.format('%.0f', math.min(tonumber(next), tonumber(ARGV[2]))) .. ' ' .. ARGV[3]
  if isOpen then value = value .. ' ' .. taker end
end
if redis.call('HEXISTS', KEYS[1], '${ANY}') == 0 then redis.call('HSET', KEYS[1], ARGV[1], value) end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return ''`;

// KEYS: places, log. ARGV: connection, first id, next id, seconds to live. Returns a cursor.
//
// The page's own place is one whose next id is at most the page's first id, but nobody can tell which. So the page gets the
// least of them, and the greatest is used up. If that was another page's, the place that this page had before is that
// page's from now on: it is not past the greatest. So that it stays so and is found, all that remain get an id that is not
// over the greatest's, and are not written by their connections before these show that their pages are still there.
// An event at a place may be gone from the log, or replaced after a failover. Offsets of two histories cannot be compared,
// so such a place counts as the beginning.
const TAKE = `
local places = {}
local least, greatest
local from = '0'
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local next, cursor = string.match(fields[i + 1], '^(%d+) (%S+)')
  if next and tonumber(next) <= tonumber(ARGV[2]) then
    local offset, tag = string.match(cursor, '%.(%d+)%.(%S+)$')
    local entry = offset and redis.call('XRANGE', KEYS[2], offset .. '-0', offset .. '-0')[1]
    local place = {field = fields[i], next = tonumber(next), offset = 0, cursor = '0'}
    if entry and entry[2][4] == tag then
      place.offset, place.cursor = tonumber(offset), cursor
    end
    if not least or place.offset < least.offset then least = place end
    if not greatest or place.offset >= greatest.offset then greatest = place end
    places[#places + 1] = place
  end
end
if redis.call('HEXISTS', KEYS[1], '${ANY}') == 0 then
  for _, place in ipairs(places) do
    local next = string.format('%.0f', math.min(place.next, greatest.next))
    redis.call('HSET', KEYS[1], place.field, next .. ' ' .. place.cursor .. ' ' .. ARGV[1])
  end
  if least then
    from = least.cursor
    redis.call('HDEL', KEYS[1], greatest.field)
  end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ' ' .. from)
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return from`;

export class Places {
  readonly #redis: Redis;
  readonly #ttl: number;
  readonly #put;
  readonly #take;

  constructor(redis: Redis, { historyTtlSeconds }: { historyTtlSeconds: number }) {
    this.#redis = redis;
    this.#ttl = historyTtlSeconds + EXTRA_TTL_SECONDS;
    this.#put = redisScript(redis, PUT, String);
    this.#take = redisScript(redis, TAKE, (cursor) => fromCursor(cursor) ?? START);
  }

  /**
   * Resolves with '' or, where nothing is written because the place may be that of a page which is back elsewhere, with
   * the taker.
   *
   * @param ifThere writes nothing where the place was used up or left.
   * @param taker the one of which the page has shown that it did not come from here: it was there afterwards.
   */
  put(place: Place, position: Position, { ifThere = false, taker = '' } = {}): Promise<string> {
    const values = [place.nextId, toCursor(position), this.#ttl, ifThere ? '1' : '', taker];
    return this.#put([keyOf(place)], [place.connection, ...values]);
  }

  /** Where a page goes on that asks with this acknowledgement id first. From now on its place is this one. */
  take(place: Place, firstId: number): Promise<Position> {
    const { log } = conversationKeys(place.conversation);
    return this.#take([keyOf(place), log], [place.connection, firstId, place.nextId, this.#ttl]);
  }

  /** The page's present stay in the conversation; '' for the first. */
  async stay(place: Place): Promise<string> {
    return (await this.#redis.hget(keyOf(place), STAY)) ?? '';
  }

  /** The page has left. `stay` is the one that follows. */
  async leave(place: Place, stay: string): Promise<void> {
    const key = keyOf(place);
    const replies = await this.#redis.multi().del(key).hset(key, STAY, stay).expire(key, this.#ttl).exec();
    for (const [error] of replies ?? []) if (error) throw error;
  }
}

const keyOf = ({ conversation, name }: Place) => placesKey(conversation, name);
