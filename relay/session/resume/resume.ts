import type { ShortName } from '../../../shared/conversation-name.ts';
import type { Logger } from '../../../shared/log.ts';
import { publish, type Redis } from '../../../shared/redis.ts';
import { type Position, START } from '../../../shared/stream/position.ts';
import type { JoinFrom } from '../../delivery/member.ts';
import type { ResumePoints } from '../resume-points.ts';
import { type ConnectionState, ControlChannel, controlChannelOf } from './control-channel.ts';
import { Parking } from './parking.ts';
import { PlaceKeeper } from './place-keeper.ts';
import { type PingableConnection, Probe } from './probe.ts';
import { findResumePoint } from './resume-points.ts';

/** What a desktop that joins by name is sent first: what it missed, all that is retained, or nothing. */
export type ReplayOnJoin = 'missed' | 'all' | 'none';

export interface ResumeDeps {
  redis: Redis;
  /** This relay's name. */
  relay: string;
  replayOnJoin: ReplayOnJoin;
  logger: Logger;
}

/** The connection below a session whose desktop joins by name. */
export interface ResumableConnection extends PingableConnection {
  /** Ends it at once, without waiting for the other side. */
  cut(): void;
}

/** Resume points of one connection, fed by the answers to its pings. */
export interface FedResumePoints extends ResumePoints {
  /** Takes the payload of an answer to a ping. */
  pong(mark: string): void;
  /** The desktop has answered a heartbeat of Engine.IO. */
  heartbeat(): void;
}

/** Remembers, across the connections of all relays, where desktops that join by name were. */
export class Resume {
  /** The channel that only this relay subscribes. */
  readonly channel: string;
  readonly #deps: ResumeDeps;
  readonly #parking: Parking;
  readonly #control: ControlChannel;
  readonly #open = new Map<string, OpenConnection>();

  constructor(deps: ResumeDeps) {
    const { redis, relay } = deps;
    this.#deps = deps;
    this.channel = controlChannelOf(relay);
    this.#parking = new Parking(redis, relay);
    this.#control = new ControlChannel({
      relay,
      publish: (channel, message) => publish(redis, channel, message),
      probe: async (connection) => (await this.#open.get(connection)?.probe()) ?? 'gone',
    });
  }

  /** Takes a message of {@link Resume.channel}. */
  receive(message: string): void {
    this.#control
      .receive(message)
      .catch((err: unknown) => this.#deps.logger.warn({ err }, 'another relay was not answered'));
  }

  /**
   * Resume points of a new connection.
   *
   * @param id the connection's name, unique over all relays.
   * @param tokenId of the token that opened it.
   */
  open(id: string, tokenId: string, connection: ResumableConnection): FedResumePoints {
    const { replayOnJoin, logger } = this.#deps;
    const find = async (conversation: ShortName): Promise<JoinFrom> => {
      if (replayOnJoin === 'none') return 'live';
      if (replayOnJoin === 'all') return START;
      const deps = { parking: this.#parking, control: this.#control };
      return findResumePoint(deps, conversation, tokenId);
    };
    const places = new PlaceKeeper({
      canPing: () => connection.canPing,
      ping: (mark) => connection.ping(mark),
      parking: this.#parking,
      token: tokenId,
      connection: id,
      logger,
    });
    const opened = new OpenConnection(connection, places, find, replayOnJoin === 'missed');
    this.#open.set(id, opened);
    void opened.ended.then(() => this.#open.delete(id));
    return opened;
  }
}

class OpenConnection implements FedResumePoints {
  readonly find: (conversation: ShortName) => Promise<JoinFrom>;
  readonly #connection: ResumableConnection;
  readonly #places: PlaceKeeper;
  readonly #keepsPlaces: boolean;
  readonly #probe: Probe;
  readonly #ended = Promise.withResolvers<void>();

  constructor(
    connection: ResumableConnection,
    places: PlaceKeeper,
    find: OpenConnection['find'],
    keepsPlaces: boolean,
  ) {
    this.find = find;
    this.#connection = connection;
    this.#places = places;
    this.#keepsPlaces = keepsPlaces;
    this.#probe = new Probe(connection);
  }

  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  start(conversation: ShortName, position: Position): void {
    if (this.#keepsPlaces) this.#places.start(conversation, position);
  }

  sent(conversation: ShortName, position: Position): void {
    if (this.#keepsPlaces) this.#places.sent(conversation, position);
  }

  forget(conversation: ShortName): void {
    this.#places.forget(conversation);
  }

  async end(reason: { left: boolean }): Promise<void> {
    await this.#places.end(reason);
    this.#ended.resolve();
  }

  pong(mark: string): void {
    if (!this.#probe.answered(mark)) this.#places.pong(mark);
  }

  heartbeat(): void {
    this.#places.heartbeat();
  }

  /** Whether the desktop answers; one that does not is cut, and its places are parked when this resolves. */
  async probe(): Promise<ConnectionState> {
    const state = await this.#probe.run();
    if (state === 'gone') {
      this.#connection.cut();
      await this.ended;
    }
    return state;
  }
}
