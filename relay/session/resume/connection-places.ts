import type { ShortName } from '../../../shared/conversation-name.ts';
import { placesKey } from '../../../shared/keys.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import type { ResumePoints } from '../resume-points.ts';
import { AcknowledgementIds } from './acknowledgement-ids.ts';
import type { Arrival } from './arrival.ts';
import { formatEntry, joinEntries, newStay, type OffsetEntry, tagOf } from './offset.ts';
import type { PlaceWriter } from './place-writer.ts';
import type { Place, Places } from './places.ts';
import { Receipts } from './receipts.ts';

/** The connection below a session whose desktop joins by name. */
export interface ResumableConnection {
  readonly connection: {
    /** Whether it has WebSocket pings; long polling has none. */
    readonly canPing: boolean;
    /** Sends a ping, whose answer has this payload. */
    ping(mark: string): void;
    /** Ends it at once, without waiting for the other side. */
    cut(): void;
  };
  /** Sends an offset alone, without an event. */
  sendOffset(offset: string): void;
}

export interface ConnectionPlacesDeps extends ResumableConnection {
  /** The connection's name, unique over all relays. */
  id: string;
  arrival: Arrival;
  places: Places;
  writer: PlaceWriter;
  /** Resolves when the page's connection before this one has written where it was, if this relay had it. */
  before: Promise<void>;
  /** Tells the other relays that the page is here. */
  announce(conversation: ShortName): void;
}

/** One conversation that the page has joined. */
interface Stay extends OffsetEntry {
  readonly tag: string;
  position: Position;
  /** What Redis has. */
  kept: Position;
  /** The entry as text. */
  text: string;
  /** The latest page that may have come from this place. */
  taker: string;
  /** What was sent last when that was found. Only a receipt of more shows that the page is still here. */
  sentBefore: number;
}

/** How often a moving place is written, in milliseconds: what a crash of the relay can make a desktop see again. */
const KEEP_EVERY_MS = 2_000;

/** Where one connection's page is in the conversations that it has joined by name. */
export class ConnectionPlaces implements ResumePoints {
  readonly #deps: ConnectionPlacesDeps;
  readonly #ids = new AcknowledgementIds();
  readonly #receipts: Receipts;
  readonly #stays = new Map<ShortName, Stay>();
  /** What the offset that the page came with says of conversations that it has not joined again. */
  readonly #carried: Map<string, OffsetEntry>;
  /** What the page has left on this connection and not joined again, with the stay that follows. */
  readonly #left = new Map<ShortName, string>();
  readonly #ended = Promise.withResolvers<void>();
  #leaving: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: ConnectionPlacesDeps) {
    this.#deps = deps;
    this.#carried = new Map(deps.arrival.offset);
    const { connection } = deps;
    this.#receipts = new Receipts({
      usesMarks: () => connection.canPing && !this.#sendsOffsets,
      ping: (mark) => connection.ping(mark),
      onMoved: () => {
        this.#timer ??= setTimeout(() => this.#keep(), KEEP_EVERY_MS);
      },
    });
  }

  /** Resolves when the connection has ended and its places are written, or could not be. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async find(conversation: ShortName): Promise<Position> {
    const { arrival, announce, before } = this.#deps;
    const isFirst = !arrival.isBack && !this.#isOld;
    if (this.#left.has(conversation) || isFirst) return this.#startOver(conversation);
    await before;
    if (arrival.isBack) announce(conversation);
    return this.#sendsOffsets ? this.#taken(conversation) : this.#take(conversation);
  }

  start(conversation: ShortName, position: Position): void {
    const tag = tagOf(conversation);
    const { firstStay } = this.#deps.arrival;
    const stay = this.#left.get(conversation) ?? this.#carried.get(tag)?.stay ?? firstStay;
    const entry = { position, stay };
    this.#stays.set(conversation, {
      ...entry,
      tag,
      kept: position,
      text: formatEntry(tag, entry),
      taker: '',
      sentBefore: 0,
    });
    this.#carried.delete(tag);
    this.#left.delete(conversation);
    this.#receipts.startAt(conversation, position);
  }

  sent(conversation: ShortName, position: Position): string {
    const stay = this.#stays.get(conversation);
    if (stay === undefined) return '';
    stay.position = position;
    // Nothing of a page with a pid and offsets is kept under a name.
    if (!this.#sendsOffsets || !this.#hasPid) this.#receipts.sent(conversation, position);
    if (!this.#sendsOffsets) return '';
    stay.text = formatEntry(stay.tag, stay);
    return this.#stays.size === 1 && this.#carried.size === 0 ? stay.text : this.#offset();
  }

  forget(conversation: ShortName): void {
    this.#leaving = Promise.all([this.#leaving, this.#forget(conversation)]);
  }

  async leftAll(): Promise<void> {
    await this.#leaving;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#receipts.close();
    await this.#keep();
    this.#stays.clear();
    this.#ended.resolve();
  }

  keysOf(conversation: ShortName): string[] {
    const { page, twins } = this.#deps.arrival;
    return [page, twins].flatMap((name) => (name === undefined ? [] : placesKey(conversation, name)));
  }

  /** Takes a packet of Socket.IO that the desktop has sent. */
  packet(data: unknown): void {
    this.#ids.take(data);
  }

  /** Takes the payload of an answer to a ping. */
  pong(mark: string): void {
    this.#receipts.pong(mark);
  }

  /** The desktop has answered a heartbeat of Engine.IO. */
  heartbeat(): void {
    this.#receipts.heartbeat();
  }

  /** The page is connected elsewhere: this connection is half open. */
  cut(): void {
    this.#deps.connection.cut();
  }

  /** Whether the client has shown a `pid`, its subject's or another one's. */
  get #hasPid(): boolean {
    const { isBack, isForeign } = this.#deps.arrival;
    return isBack || isForeign;
  }

  /** Whether the client seems to know no `pid`: it was connected before, and shows none. */
  get #isOld(): boolean {
    return !this.#hasPid && (this.#ids.first ?? 0) > 0;
  }

  get #sendsOffsets(): boolean {
    return this.#deps.arrival.sendsOffsets && !this.#isOld;
  }

  /** The names under which the page may look for its place when it comes back. */
  get #names(): string[] {
    const { page, twins, sendsOffsets } = this.#deps.arrival;
    const isTwin = !this.#hasPid && twins !== undefined;
    return [...(this.#isOld || sendsOffsets ? [] : [page]), ...(isTwin ? [twins] : [])];
  }

  /** Where the page goes on by its own offset. */
  async #taken(conversation: ShortName): Promise<Position> {
    const { places, arrival, writer } = this.#deps;
    const key = placesKey(conversation, arrival.page);
    await writer.answered(key);
    const stay = (await places.stay(this.#place(conversation, arrival.page))) || arrival.firstStay;
    const tag = tagOf(conversation);
    const entry = this.#carried.get(tag);
    // Redis may lack a leave, or the page may have left since.
    if (entry?.stay === stay && !writer.isBehind(key)) return entry.position;
    this.#carried.set(tag, { position: START, stay });
    return START;
  }

  /** Where the page goes on by what Redis has. */
  async #take(conversation: ShortName): Promise<Position> {
    const { places, arrival, writer } = this.#deps;
    const [name] = this.#names;
    if (name === undefined) return START;
    const key = placesKey(conversation, name);
    await writer.answered(key);
    if (writer.isBehind(key)) return this.#startOver(conversation);
    // A page that shows a pid has a name of its own, so that every place is its own.
    const firstId = arrival.isBack ? Number.MAX_SAFE_INTEGER : (this.#ids.first ?? 0);
    const place = this.#place(conversation, name);
    return places.take(place, firstId).catch(() => this.#startOver(conversation));
  }

  /**
   * Waits until Redis has that the page starts at the beginning, or refuses it: a page without a place could be taken for
   * another page that is further.
   */
  async #startOver(conversation: ShortName): Promise<Position> {
    await Promise.all(this.#names.map((name) => this.#put(conversation, name, START)));
    return START;
  }

  async #forget(conversation: ShortName): Promise<void> {
    const { places, arrival, writer, sendOffset } = this.#deps;
    const stay = newStay();
    this.#left.set(conversation, stay);
    this.#stays.delete(conversation);
    this.#carried.delete(tagOf(conversation));
    this.#receipts.forget(conversation);
    const key = placesKey(conversation, arrival.page);
    const place = this.#place(conversation, arrival.page);
    // Also of a client that seems old: a relay of an older build may have taken its pid, and it still has its offset. Of the
    // page and not of the connection: a leave that waits to be tried again must not come after a later one.
    await writer.write(key, 'leave', () => places.leave(place, stay));
    // Redis does not know that the page has left. So the page's own offset has to say so.
    if (this.#sendsOffsets && writer.isBehind(key)) sendOffset(this.#offset());
    await this.#startOver(conversation);
  }

  #put(conversation: ShortName, name: string, position: Position, stay?: Stay): Promise<void> {
    const { places, writer, id } = this.#deps;
    const place = this.#place(conversation, name);
    const key = placesKey(conversation, name);
    const options = { ifThere: stay !== undefined && !writer.isBehind(key), taker: stay?.taker ?? '' };
    return writer.write(key, id, async () => {
      const taker = await places.put(place, position, options);
      if (stay !== undefined && taker !== '')
        Object.assign(stay, { taker, sentBefore: stay.position.offset });
    });
  }

  #place(conversation: ShortName, name: string): Place {
    return { conversation, name, connection: this.#deps.id, nextId: this.#ids.next };
  }

  async #keep(): Promise<void> {
    this.#timer = undefined;
    const writes: Promise<void>[] = [];
    for (const [conversation, stay] of this.#stays) {
      const position = this.#receipts.confirmed.get(conversation) ?? stay.kept;
      if (position === stay.kept || position.offset <= stay.sentBefore) continue;
      stay.kept = position;
      writes.push(...this.#names.map((name) => this.#put(conversation, name, position, stay)));
    }
    await Promise.all(writes);
  }

  #offset(): string {
    const entries = Array.from(this.#stays.values(), ({ text }) => text);
    for (const [tag, entry] of this.#carried) entries.push(formatEntry(tag, entry));
    return joinEntries(entries);
  }
}
