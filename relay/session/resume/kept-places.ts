import type { ShortName } from '../../../shared/conversation-name.ts';
import { placesKey } from '../../../shared/keys.ts';
import type { Position } from '../../../shared/stream/position.ts';
import type { PlaceWriter } from './place-writer.ts';
import type { Places } from './places.ts';
import { Receipts, type ReceiptsDeps } from './receipts.ts';

export interface KeptPlacesDeps extends Pick<ReceiptsDeps, 'usesMarks' | 'ping'> {
  /** The name of the page's connection. */
  id: string;
  /** The names under which Redis has the page's places. There may come more. */
  names: readonly string[];
  places: Places;
  writer: PlaceWriter;
}

/** How often a moving place is written, in milliseconds. After a crash of the relay a desktop may see that much again. */
const KEEP_EVERY_MS = 2_000;

/** The places in Redis that one connection of a page moves, up to what the page has certainly received. */
export class KeptPlaces {
  readonly receipts: Receipts;
  readonly #deps: KeptPlacesDeps;
  readonly #names: string[];
  /** What Redis has. */
  readonly #kept = new Map<ShortName, Position>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: KeptPlacesDeps) {
    this.#deps = deps;
    this.#names = [...deps.names];
    this.receipts = new Receipts({
      usesMarks: deps.usesMarks,
      ping: deps.ping,
      onMoved: () => {
        this.#timer ??= setTimeout(() => this.#keep(), KEEP_EVERY_MS);
      },
    });
  }

  /** From now on the places have this name, too. What the page has joined before is not written under it. */
  addName(name: string): void {
    this.#names.push(name);
  }

  start(conversation: ShortName, position: Position): void {
    this.#kept.set(conversation, position);
    this.receipts.startAt(conversation, position);
    for (const name of this.#names) void this.#write(conversation, name, position, 'start');
  }

  sent(conversation: ShortName, position: Position): void {
    if (this.#names.length > 0) this.receipts.sent(conversation, position);
  }

  /**
   * Ends the places of a page in a conversation. Resolves when Redis has taken that, or has refused it.
   *
   * @param stay names the stay that follows.
   * @param ifKnown whether to leave out places that Redis does not have.
   * @returns for each name whether Redis had the place, or undefined if it has refused the write.
   */
  async leave(
    conversation: ShortName,
    names: readonly string[],
    stay: string,
    { ifKnown }: { ifKnown: boolean },
  ): Promise<Map<string, boolean>> {
    const { places, writer, id } = this.#deps;
    this.#kept.delete(conversation);
    this.receipts.forget(conversation);
    const wasKnown = new Map<string, boolean>();
    await Promise.all(
      names.map((name) => {
        const key = placesKey(conversation, name);
        writer.drop(key, id);
        // The leave is the page's, not the connection's. So a later leave replaces one that waits to be tried again.
        return writer.write(key, 'leave', async () => {
          wasKnown.set(name, await places.leave({ conversation, name }, stay, { ifKnown }));
        });
      }),
    );
    return wasKnown;
  }

  /** The connection has ended. Resolves when its places are written, or could not be. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.receipts.close();
    await this.#keep();
    const { writer, id } = this.#deps;
    // Before Redis takes them, another connection of the page may have moved on.
    for (const conversation of this.#kept.keys())
      for (const name of this.#names) writer.drop(placesKey(conversation, name), id);
    this.#kept.clear();
  }

  #write(conversation: ShortName, name: string, position: Position, how: 'start' | 'move'): Promise<void> {
    const { places, writer, id } = this.#deps;
    const place = { conversation, name, connection: id };
    return writer.write(placesKey(conversation, name), id, () => places[how](place, position));
  }

  async #keep(): Promise<void> {
    this.#timer = undefined;
    const writes: Promise<void>[] = [];
    for (const [conversation, kept] of this.#kept) {
      const position = this.receipts.confirmed(conversation) ?? kept;
      if (position === kept) continue;
      this.#kept.set(conversation, position);
      for (const name of this.#names) {
        // Redis does not know of this connection, or of a leave.
        const how = this.#deps.writer.isBehind(placesKey(conversation, name)) ? 'start' : 'move';
        writes.push(this.#write(conversation, name, position, how));
      }
    }
    await Promise.all(writes);
  }
}
