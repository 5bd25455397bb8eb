import type { ShortName } from '../../../shared/conversation-name.ts';
import { placesKey } from '../../../shared/keys.ts';
import type { Redis } from '../../../shared/redis.ts';
import { fromCursor, type Position, START, toCursor } from '../../../shared/stream/position.ts';

/** Where a desktop that joins by name only had got to. */
export interface PlaceRecord {
  connection: string;
  /** The relay that holds the connection, as long as it is open; none once the place is parked. */
  relay: string | undefined;
  position: Position;
}

/** How long a place waits for its desktop to come back, in seconds; a later one gets the conversation so far. */
const PLACE_TTL_SECONDS = 3_600;
const PARKED = '-';

/**
 * The places of string joins in Redis, for a conversation and a token one hash with a field for each connection.
 * While a connection is open its field names its relay, so that a relay that crashes leaves it behind.
 */
export class Parking {
  readonly #redis: Redis;
  readonly #relay: string;

  constructor(redis: Redis, relay: string) {
    this.#redis = redis;
    this.#relay = relay;
  }

  /** Notes how far an open connection has got. */
  async keep(conversation: ShortName, token: string, connection: string, position: Position): Promise<void> {
    await this.#set(conversation, token, connection, this.#relay, position);
  }

  /** Leaves a place for one later join to take. */
  async park(conversation: ShortName, token: string, connection: string, position: Position): Promise<void> {
    await this.#set(conversation, token, connection, PARKED, position);
  }

  async drop(conversation: ShortName, token: string, connection: string): Promise<void> {
    await this.#redis.hdel(placesKey(conversation, token), connection);
  }

  async list(conversation: ShortName, token: string): Promise<PlaceRecord[]> {
    const fields = await this.#redis.hgetall(placesKey(conversation, token));
    return Object.entries(fields).flatMap(([connection, value]) => {
      const [relay, cursor] = value.split(' ');
      const position = fromCursor(cursor);
      return position ? [{ connection, relay: relay === PARKED ? undefined : relay, position }] : [];
    });
  }

  /** Takes a record away; false when somebody else was faster. */
  async take(conversation: ShortName, token: string, { connection }: PlaceRecord): Promise<boolean> {
    return (await this.#redis.hdel(placesKey(conversation, token), connection)) === 1;
  }

  async #set(conversation: ShortName, token: string, connection: string, owner: string, position: Position) {
    const key = placesKey(conversation, token);
    await this.#redis
      .pipeline()
      .hset(key, connection, `${owner} ${toCursor(position)}`)
      .expire(key, PLACE_TTL_SECONDS)
      .exec();
  }
}

/**
 * Chooses where a join goes on, out of the places that nobody holds any more, and which of them it uses up.
 *
 * With one place the choice is exact. With several (two tabs of one token broke) nobody can tell whose is whose: the
 * join gets the least of them and uses up the greatest, so that whoever comes later still finds one that is not past
 * its own. It may see events again; it never misses any.
 */
export function choosePlace(
  places: readonly PlaceRecord[],
): { from: Position; usesUp: PlaceRecord } | undefined {
  const sorted = [...places].sort((a, b) => a.position.offset - b.position.offset);
  const [least, greatest] = [sorted[0], sorted.at(-1)];
  if (least === undefined || greatest === undefined) return undefined;
  const isOneHistory = sorted.every(({ position }) => position.epoch === least.position.epoch);
  return { from: isOneHistory ? least.position : START, usesUp: greatest };
}
