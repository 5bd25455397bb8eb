import type { ShortName } from '../../../shared/conversation-name.ts';
import { placesKey } from '../../../shared/keys.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import type { ResumePoints } from '../resume-points.ts';
import { AcknowledgementIds } from './acknowledgement-ids.ts';
import type { Arrival } from './arrival.ts';
import { KeptPlaces } from './kept-places.ts';
import { formatEntry, joinEntries, newStay, type OffsetEntry, tagOf } from './offset.ts';
import { OnlyPage } from './only-page.ts';
import type { PlaceWriter } from './place-writer.ts';
import type { Places } from './places.ts';
import type { ResumableConnection } from './resumable-connection.ts';
import type { SkippedEvents } from './skipped-events.ts';

export interface ConnectionPlacesDeps extends ResumableConnection {
  /** The connection's name, unique over all relays. */
  id: string;
  arrival: Arrival;
  places: Places;
  writer: PlaceWriter;
  skippedEvents: Pick<SkippedEvents, 'note'>;
  /** Resolves when the page's previous connection has written its places, if it was on this relay. */
  before: Promise<void>;
  /** Tells the other relays that the page is here. */
  announce(conversation: ShortName): void;
}

/** One conversation that the page has joined. */
interface Stay extends OffsetEntry {
  readonly tag: string;
  position: Position;
  /** The entry as text. */
  text: string;
}

/** Where one connection's page is in the conversations that it has joined by name. */
export class ConnectionPlaces implements ResumePoints {
  readonly #deps: ConnectionPlacesDeps;
  readonly #ids = new AcknowledgementIds();
  readonly #kept: KeptPlaces;
  /** Where the page has shown no `pid`, unless its acknowledgement ids tell nothing. */
  readonly #onlyPage: OnlyPage | undefined;
  readonly #stays = new Map<ShortName, Stay>();
  /** Where the page was, if that is known, in conversations that it has not joined yet. */
  #found: Map<ShortName, Position> | undefined;
  /** The entries of the page's offset for conversations that it has not joined again. */
  readonly #carried: Map<string, OffsetEntry>;
  /** What the page has left on this connection and not joined again, with the stay that follows. */
  #left: Map<ShortName, { stay: string; wasJoined: boolean }> | undefined;
  readonly #ended = Promise.withResolvers<void>();
  /** Resolves when all leaves are written, or could not be. */
  #leaving: Promise<unknown> = Promise.resolve();

  constructor(deps: ConnectionPlacesDeps) {
    this.#deps = deps;
    const { arrival, connection } = deps;
    const { page, twins, isBack, isForeign, sendsOffsets } = arrival;
    const name = isBack || isForeign ? undefined : twins;
    this.#onlyPage = name === undefined ? undefined : new OnlyPage({ ...deps, name, ids: this.#ids });
    this.#carried = new Map(arrival.offset);
    this.#kept = new KeptPlaces({
      ...deps,
      names: sendsOffsets ? [] : [page],
      usesMarks: () => connection.canPing && (this.#isOld || !sendsOffsets),
      ping: (mark) => connection.ping(mark),
    });
  }

  /** Resolves when the connection has ended and its places are written, or could not be. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  async find(conversation: ShortName): Promise<Position> {
    this.#found?.delete(conversation);
    const { arrival, announce, before } = this.#deps;
    // Leaving what the page has never joined is no leave. Whether it has joined is known when Redis has answered.
    if (this.#left?.has(conversation)) await this.#leaving;
    if (this.#left?.has(conversation)) return START;
    await before;
    if (!arrival.isBack) return this.#findTwin(conversation);
    announce(conversation);
    return arrival.sendsOffsets ? this.#findTaken(conversation) : this.#findPlace(conversation, arrival.page);
  }

  start(conversation: ShortName, position: Position): void {
    const tag = tagOf(conversation);
    const { firstStay } = this.#deps.arrival;
    const stay = this.#left?.get(conversation)?.stay ?? this.#carried.get(tag)?.stay ?? firstStay;
    const entry = { position, stay };
    const found = this.#found?.get(conversation);
    this.#found?.delete(conversation);
    if (found !== undefined && found.offset < position.offset) this.skipped(conversation, found, position);
    this.#stays.set(conversation, { ...entry, tag, text: formatEntry(tag, entry) });
    this.#carried.delete(tag);
    this.#left?.delete(conversation);
    this.#kept.start(conversation, position);
  }

  sent(conversation: ShortName, position: Position): string {
    const stay = this.#stays.get(conversation);
    if (stay === undefined) return '';
    stay.position = position;
    this.#kept.sent(conversation, position);
    if (!this.#deps.arrival.sendsOffsets) return '';
    stay.text = formatEntry(stay.tag, stay);
    return this.#stays.size === 1 && this.#carried.size === 0 ? stay.text : this.#offset();
  }

  skipped(conversation: ShortName, from: Position, to: Position): void {
    this.#deps.skippedEvents.note(conversation, from, to);
  }

  forget(conversation: ShortName): void {
    this.#leaving = Promise.all([this.#leaving, this.#leave(conversation)]);
  }

  async leftAll(): Promise<void> {
    await this.#leaving;
  }

  async end(): Promise<void> {
    await Promise.all([this.#kept.end(), this.#leaving]);
    this.#onlyPage?.end();
    this.#stays.clear();
    this.#ended.resolve();
  }

  keysOf(conversation: ShortName): string[] {
    const { page, twins } = this.#deps.arrival;
    return [page, twins].flatMap((name) => (name === undefined ? [] : placesKey(conversation, name)));
  }

  /** Takes a packet of Socket.IO that the desktop has sent. */
  packet(data: unknown): void {
    const { first, next } = this.#ids;
    this.#ids.take(data);
    if (this.#ids.next === next || this.#onlyPage === undefined) return;
    const isFirst = first === undefined;
    // Before this page is counted, it must not move the place of a page that is counted already.
    if (isFirst) this.#kept.addName(this.#onlyPage.name);
    this.#onlyPage.usedId({ isFirst });
  }

  /** Takes the payload of an answer to a ping. */
  pong(mark: string): void {
    this.#kept.receipts.pong(mark);
  }

  /** The desktop has answered a heartbeat of Engine.IO. */
  heartbeat(): void {
    this.#kept.receipts.heartbeat();
  }

  /** The page is connected elsewhere: this connection is half open. */
  cut(): void {
    this.#deps.connection.cut();
  }

  /**
   * Whether the client was connected before and shows no `pid`. Either it knows none, or the previous relay gave it none.
   * In the second case it shows one next time.
   */
  get #isOld(): boolean {
    return this.#onlyPage !== undefined && (this.#ids.first ?? 0) > 0;
  }

  /** Where the page goes on by its own offset. */
  async #findTaken(conversation: ShortName): Promise<Position> {
    const { places, arrival, writer } = this.#deps;
    const key = placesKey(conversation, arrival.page);
    await writer.answered(key);
    // Redis may lack a leave. It may take that leave between the read and the answer.
    const isBehind = writer.isBehind(key);
    const stay = (await places.stay({ conversation, name: arrival.page })) || arrival.firstStay;
    const tag = tagOf(conversation);
    const entry = this.#carried.get(tag);
    if (entry?.stay === stay && !isBehind) return this.#goOn(conversation, entry.position);
    this.#carried.set(tag, { position: START, stay });
    return START;
  }

  /** Where a page goes on that shows no `pid`. */
  async #findTwin(conversation: ShortName): Promise<Position> {
    const page = this.#onlyPage;
    return page !== undefined && (await page.isTheOnly) ? this.#findPlace(conversation, page.name) : START;
  }

  async #findPlace(conversation: ShortName, name: string): Promise<Position> {
    const { places, writer } = this.#deps;
    const key = placesKey(conversation, name);
    await writer.answered(key);
    const place = writer.isBehind(key) ? undefined : await places.find({ conversation, name });
    return place === undefined ? START : this.#goOn(conversation, place);
  }

  #goOn(conversation: ShortName, position: Position): Position {
    this.#found ??= new Map();
    this.#found.set(conversation, position);
    return position;
  }

  async #leave(conversation: ShortName): Promise<void> {
    const { arrival, writer, sendOffset } = this.#deps;
    const tag = tagOf(conversation);
    // A desktop may leave what it has never joined, which must not fill Redis.
    const wasJoined =
      this.#stays.has(conversation) ||
      this.#carried.has(tag) ||
      this.#left?.get(conversation)?.wasJoined === true;
    const stay = newStay();
    this.#left ??= new Map();
    this.#left.set(conversation, { stay, wasJoined });
    this.#stays.delete(conversation);
    this.#carried.delete(tag);
    const names = [arrival.page, ...(this.#onlyPage === undefined ? [] : [this.#onlyPage.name])];
    const wasKnown = await this.#kept.leave(conversation, names, stay, { ifKnown: !wasJoined });
    if (wasKnown.get(arrival.page) === false && this.#left?.get(conversation)?.stay === stay)
      this.#left?.delete(conversation);
    // Redis does not know that the page has left. So the page's own offset has to say so.
    if (arrival.sendsOffsets && writer.isBehind(placesKey(conversation, arrival.page)))
      sendOffset(this.#offset());
  }

  #offset(): string {
    const carried = [...this.#carried].map(([tag, entry]) => formatEntry(tag, entry));
    return joinEntries([...[...this.#stays.values()].map(({ text }) => text), ...carried]);
  }
}
