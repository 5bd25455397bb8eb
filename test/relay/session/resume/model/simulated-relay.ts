import type { AuditEntry, AuditEvent } from '../../../../../relay/access/audit.ts';
import { Hub } from '../../../../../relay/delivery/hub.ts';
import { DELIVERY_LIMITS } from '../../../../../relay/delivery/limits.ts';
import type { Claims } from '../../../../../relay/identity/claims.ts';
import { SESSION_LIMITS } from '../../../../../relay/session/limits.ts';
import type { ConnectRequest, SocketIoOffsets } from '../../../../../relay/session/resume/arrival.ts';
import { Resume, type ResumeDeps } from '../../../../../relay/session/resume/resume.ts';
import { SocketIoDesktop, type SocketIoSessionDeps } from '../../../../../relay/socketio/adapter.ts';
import type { DesktopSocket } from '../../../../../relay/socketio/messages.ts';
import { type ShortName, shortName } from '../../../../../shared/conversation-name.ts';
import type { Logger } from '../../../../../shared/log.ts';
import type { Redis } from '../../../../../shared/redis.ts';
import { UNBOUNDED } from '../../../../helpers/open-access.ts';
import type { Link } from './link.ts';
import type { RedisConnection } from './simulated-redis.ts';

/** Parts of a relay that a test may take the place of. */
export interface RelayParts {
  resume(deps: ResumeDeps): Pick<Resume, 'arrive' | 'open' | 'receive' | 'close'>;
  hub(hub: Hub): Pick<Hub, 'join'>;
  redis(redis: RedisConnection): RedisConnection;
  /** A connection has ended with this close code. */
  closed?(id: string, code: number): void;
}

export const PRODUCTION: RelayParts = {
  resume: (deps) => new Resume(deps),
  hub: (hub) => hub,
  redis: (redis) => redis,
};

export interface SimulatedRelayOptions {
  redis: RedisConnection;
  socketIoOffsets: SocketIoOffsets;
  /** Whether tokens have a life beyond their expiry, for which each join is written to Redis. */
  notesJoins: boolean;
  parts: RelayParts;
}

/** What a page shows when it connects. */
export interface Handshake extends Omit<ConnectRequest, 'number'> {
  claims: Claims;
}

/** What becomes of a connection at the relay. */
export interface Connected {
  /** Takes an event of the page, with what stands for its acknowledgement. */
  take(packet: string, event: string, parameters: unknown[]): void;
  /** The page leaves the namespace. */
  disconnect(): void;
}

const PROJECT = { id: 'demo-project' };
const CLIENT = { address: '192.0.2.1', trace: undefined };

const quiet = (): void => {};
const LOGGER = { debug: quiet, info: quiet, warn: quiet, error: quiet } as unknown as Logger;

let connections = 0;

/** A relay's hub, sessions and resume points, which are production's, on a simulated Redis and network. */
export class SimulatedRelay {
  readonly redis: RedisConnection;
  /** Whose `pid` was refused. */
  readonly refused: string[] = [];
  readonly #hub: Hub;
  readonly #closed: RelayParts['closed'];
  #connects = 0;
  readonly #resume: ReturnType<RelayParts['resume']>;
  readonly #sessionDeps: SocketIoSessionDeps;

  constructor({ redis, socketIoOffsets, notesJoins, parts }: SimulatedRelayOptions) {
    this.redis = redis;
    this.#closed = parts.closed;
    const audit = { note: (event: AuditEvent, entry: AuditEntry) => this.#note(event, entry) };
    this.#resume = parts.resume({
      redis: parts.redis(redis) as unknown as Redis,
      config: { replayOnJoin: 'missed', socketIoOffsets, historyTtlSeconds: 3_600 },
      audit,
      refusals: { note: quiet },
      onRefused: quiet,
      logger: LOGGER,
    });
    this.#hub = new Hub({
      eventLog: redis,
      subscriber: redis,
      presence: { add: quiet, delete: quiet },
      onOtherMessage: (text) => this.#resume.receive(text),
      logger: LOGGER,
      limits: DELIVERY_LIMITS,
    });
    redis.onMessage = (channel, text) => this.#hub.receive(channel, text);
    redis.onRestored = (channels) => void this.#hub.repair(channels);
    this.#sessionDeps = {
      hub: parts.hub(this.#hub),
      access: {
        nameOf: (name: unknown) => shortName(name, PROJECT),
        require: async () => ({ until: undefined }),
      } as unknown as SocketIoSessionDeps['access'],
      audit,
      refusals: { note: quiet },
      agents: { connect: () => UNBOUNDED },
      project: PROJECT,
      limits: SESSION_LIMITS,
      logger: LOGGER,
      tokenSessions: {
        admit: async () => undefined,
        join: () => (notesJoins ? redis.note() : Promise.resolve()),
        msLeft: () => 3_600_000,
      },
      resume: this.#resume,
    };
  }

  /** Lets a page in, as socketio/server.ts does; nothing where its connection has ended meanwhile. */
  async connect(
    link: Link,
    handshake: Handshake,
    onAnswer: (pid: string) => void,
  ): Promise<Connected | undefined> {
    const number = ++this.#connects;
    await this.redis.ask().catch(quiet);
    if (!link.isOpenAtRelay) return undefined;
    const { claims, ...request } = handshake;
    const arrival = this.#resume.arrive({ ...request, number }, claims, CLIENT);
    link.down.send(() => onAnswer(arrival.pid));
    const socket = new SimulatedSocket(link, { claims, client: CLIENT, arrival, allowance: UNBOUNDED });
    const { session } = new SocketIoDesktop(socket as unknown as DesktopSocket, this.#sessionDeps);
    const disconnect = () => socket.disconnect();
    link.engine.on('close', (_reason, code: number) => {
      this.#closed?.(socket.id, code);
      disconnect();
    });
    void session.ended.then(() => link.closeAtRelay(1005));
    return { take: (packet, event, parameters) => socket.take(packet, event, parameters), disconnect };
  }

  close(): void {
    this.#hub.close();
    this.#resume.close();
  }

  #note(event: AuditEvent, { refused, agent }: AuditEntry): void {
    if (event === 'refuse' && refused === 'resume') this.refused.push(agent?.subject ?? '');
  }
}

/** What the adapter uses of Socket.IO's socket. */
class SimulatedSocket {
  readonly id = `connection-${++connections}`;
  readonly data: object;
  readonly conn: Link['engine'];
  readonly #link: Link;
  readonly #listeners = new Map<string, (...parameters: unknown[]) => void>();
  #isConnected = true;

  constructor(link: Link, data: object) {
    this.#link = link;
    this.data = data;
    this.conn = link.engine;
  }

  on(event: string, listener: (...parameters: unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  emit(...parameters: unknown[]): void {
    this.#link.down.send(() => this.#link.onPacket(`2${JSON.stringify(parameters)}`));
  }

  take(packet: string, event: string, parameters: unknown[]): void {
    this.conn.emit('packet', { type: 'message', data: packet });
    if (this.#isConnected) this.#listeners.get(event)?.(...parameters);
  }

  disconnect(): void {
    if (!this.#isConnected) return;
    this.#isConnected = false;
    this.#listeners.get('disconnect')?.();
  }
}

export const conversationNamed = (n: number): ShortName => `projects/${PROJECT.id}/conversations/c${n}`;
