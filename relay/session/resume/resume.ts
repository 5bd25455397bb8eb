import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import type { Logger } from '../../../shared/log.ts';
import { publish, type Redis } from '../../../shared/redis.ts';
import { START } from '../../../shared/stream/position.ts';
import type { Audit } from '../../access/audit.ts';
import type { ClientInfo } from '../../access/client-info.ts';
import type { JoinFrom } from '../../delivery/member.ts';
import type { Claims } from '../../identity/claims.ts';
import type { RefusalLog } from '../../refusals/refusals.ts';
import type { ResumePoints } from '../resume-points.ts';
import { type Arrival, type ConnectRequest, readArrival, type SocketIoOffsets } from './arrival.ts';
import { ConnectionPlaces } from './connection-places.ts';
import { PlaceWriter } from './place-writer.ts';
import { Places } from './places.ts';
import type { ResumableConnection } from './resumable-connection.ts';
import { SkippedEvents, type SkippedMeter } from './skipped-events.ts';

/** What a desktop that joins by name is sent first: what it missed, all that is retained, or nothing. */
export type ReplayOnJoin = 'missed' | 'all' | 'none';

export interface ResumeDeps {
  redis: Redis;
  /** For commands that only read. */
  reads?: Redis | undefined;
  config: { replayOnJoin: ReplayOnJoin; socketIoOffsets: SocketIoOffsets; historyTtlSeconds: number };
  audit: Pick<Audit, 'note'>;
  refusals: RefusalLog;
  /** Is told of each write that Redis has refused, and which is tried again. */
  onRefused(err: unknown): void;
  logger: Logger;
  meter?: SkippedMeter | undefined;
}

/** Resume points of one connection, which learn from what its desktop sends. */
export interface FedResumePoints extends ResumePoints {
  /** Takes a Socket.IO packet of the desktop. */
  packet(data: unknown): void;
  /** Takes the payload of an answer to a ping. */
  pong(mark: string): void;
  /** The desktop has answered a heartbeat of Engine.IO. */
  heartbeat(): void;
  /** Resolves when the leaves so far are in Redis, or Redis has refused them and the desktop's own offset says so. */
  leftAll(): Promise<void>;
}

/** On a conversation's channel: a page is connected. `1p PAGE COUNT CONNECTION`, beside what `protocol.ts` describes. */
const PAGE_MESSAGE = /^1p (\S+) (\d+) (\S+)$/;

/** Remembers, across the connections of all relays, where pages that join by name were. */
export class Resume {
  readonly #deps: ResumeDeps;
  readonly #places: Places;
  readonly #writer: PlaceWriter;
  readonly #skipped: SkippedEvents;
  readonly #fixed: FedResumePoints | undefined;
  /** The newest connection of each page. */
  readonly #open = new Map<string, { id: string; arrival: Arrival; places: ConnectionPlaces }>();

  constructor(deps: ResumeDeps) {
    this.#deps = deps;
    this.#places = new Places(deps.redis, deps.config, deps.reads);
    this.#writer = new PlaceWriter(deps.onRefused);
    this.#skipped = new SkippedEvents(deps.logger, deps.meter);
    const { replayOnJoin } = deps.config;
    if (replayOnJoin !== 'missed')
      this.#fixed = fixedStart(replayOnJoin === 'all' ? START : 'live', this.#skipped);
  }

  /** Which page is connecting. */
  arrive(request: ConnectRequest, claims: Claims, client: ClientInfo): Arrival {
    const { audit, refusals, config } = this.#deps;
    const arrival = readArrival(request, claims, config.socketIoOffsets);
    if (arrival.isForeign) {
      const outcome = 'the pid belongs to another subject';
      const refusal = { refused: 'resume', outcome, agent: claims, client } as const;
      refusals.note('pid-other-subject', refusal);
      audit.note('refuse', { ...refusal, reason: 'pid-other-subject' });
    }
    return arrival;
  }

  /**
   * Resume points of a new connection. An open connection of the same page is half open, and is cut.
   *
   * @param id the connection's name, unique over all relays.
   */
  open(id: string, arrival: Arrival, connected: ResumableConnection): FedResumePoints {
    if (this.#fixed !== undefined) return this.#fixed;
    const newest = this.#open.get(arrival.page);
    // A token is judged with Redis, which may take longer for the connection that came first. That one is half open.
    const isNewest = newest === undefined || newest.arrival.number < arrival.number;
    const previous = isNewest ? newest : undefined;
    const places = new ConnectionPlaces({
      ...connected,
      id,
      arrival,
      places: this.#places,
      writer: this.#writer,
      skippedEvents: this.#skipped,
      before: previous?.places.ended ?? Promise.resolve(),
      announce: (conversation) => this.#announce(conversation, arrival, id),
    });
    if (isNewest) this.#open.set(arrival.page, { id, arrival, places });
    previous?.places.cut();
    void places.ended.then(() => {
      if (this.#open.get(arrival.page)?.id === id) this.#open.delete(arrival.page);
    });
    return places;
  }

  /**
   * Takes a message of a conversation's channel that is no event. It may be late: then the connection here is newer, and
   * its count is greater. A count that is the same is of a connection whose answer the page has never got.
   */
  receive(message: string): void {
    const [, page = '', count, connection] = PAGE_MESSAGE.exec(message) ?? [];
    const open = this.#open.get(page);
    if (open !== undefined && open.id !== connection && open.arrival.count <= Number(count))
      open.places.cut();
  }

  close(): void {
    this.#writer.close();
  }

  /** A relay that holds a connection of this page hears it, because that connection has joined the conversation, too. */
  #announce(conversation: ShortName, { page, count }: Arrival, connection: string): void {
    const { channel } = conversationKeys(conversation);
    // A half-open connection that nobody closes ends by itself, when it answers no heartbeat.
    publish(this.#deps.redis, channel, `1p ${page} ${count} ${connection}`).catch(() => {});
  }
}

/** The resume points of every connection where `REPLAY_ON_JOIN` says where a join starts. */
const fixedStart = (from: JoinFrom, skipped: SkippedEvents): FedResumePoints => ({
  find: async () => from,
  start() {},
  sent: () => '',
  skipped: (...parameters) => skipped.note(...parameters),
  forget() {},
  keysOf: () => [],
  async end() {},
  async leftAll() {},
  packet() {},
  pong() {},
  heartbeat() {},
});
