// ioredis reads its `password` before it connects, and a token may have expired since the client was made. So a connector
// authenticates each new connection before ioredis gets it. Source: ioredis 6.0.0, `Redis.connect` and `StandaloneConnector`.
import { connect as connectTcp, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions } from 'ioredis';
import { AccessTokens } from './redis-access-tokens.ts';
import { ConnectionPace } from './redis-connection-pace.ts';
import { RedisIamError } from './redis-iam-error.ts';

type ConnectorOptions = Pick<RedisOptions, 'host' | 'port' | 'tls' | 'connectTimeout' | 'disconnectTimeout'>;
type Connector = NonNullable<RedisOptions['Connector']>;

/** Redis answers AUTH with one short line. */
const REPLY_MAX_BYTES = 1_024;
const CONNECT_TIMEOUT_MS = 10_000;
const DISCONNECT_TIMEOUT_MS = 2_000;

/** By metadata server: all connections of a process share its tokens and its pace. */
const connectors = new Map<string, Connector>();

/** The connector of clients that authenticate as the process's service account. */
export function iamConnector(metadataHost: string): Connector {
  const known = connectors.get(metadataHost);
  if (known) return known;
  const made = connectorOf(new AccessTokens({ metadataHost, now: Date.now }), new ConnectionPace());
  connectors.set(metadataHost, made);
  return made;
}

function connectorOf(tokens: AccessTokens, pace: ConnectionPace): Connector {
  return class IamConnector extends AbstractConnector {
    readonly #options: ConnectorOptions;

    constructor(options: unknown) {
      const read = options as ConnectorOptions;
      super(read.disconnectTimeout ?? DISCONNECT_TIMEOUT_MS);
      this.#options = read;
    }

    /**
     * Resolves with a connection that is authenticated, or with one that is closed. ioredis tries again only after the
     * latter, and not after a rejection. It reports `firstError`.
     */
    override async connect(): Promise<Socket> {
      this.connecting = true;
      delete this.firstError;
      const { connectTimeout = CONNECT_TIMEOUT_MS } = this.#options;
      try {
        const waitMs = pace.take(Date.now());
        if (waitMs > 0) await sleep(waitMs);
        const token = await tokens.current();
        // disconnect() was called meanwhile.
        if (!this.connecting) return new Socket().destroy();
        const socket = open(this.#options);
        this.stream = socket;
        await authenticate(socket, token, connectTimeout).catch((error: unknown) => {
          if (error instanceof RedisIamError && error.fault === 'refused') tokens.refuse(token);
          socket.destroy();
          throw error;
        });
        socket.once('error', (error) => {
          this.firstError = error;
        });
        return socket;
      } catch (error) {
        this.firstError = error instanceof Error ? error : new Error('the connection failed');
        return new Socket().destroy();
      }
    }
  };
}

function open({ host = 'localhost', port = 6379, tls }: ConnectorOptions): Socket {
  return tls ? connectTls({ ...tls, host, port }) : connectTcp({ host, port });
}

/** Resolves when Redis has accepted the token, before anything else is sent. */
function authenticate(socket: Socket, token: string, limitMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let reply = '';
    const end = (error?: Error) => {
      clearTimeout(limit);
      socket.off('connect', send).off('secureConnect', send).off('data', read);
      socket.off('error', end).off('close', onClose);
      socket.pause();
      // A late error of a connection that is given up.
      socket.on('error', () => {});
      if (error) reject(error);
      else resolve();
    };
    const send = () => socket.write(`*2\r\n$4\r\nAUTH\r\n$${Buffer.byteLength(token)}\r\n${token}\r\n`);
    const onClose = () => end(new Error('Connection is closed.'));
    const read = (chunk: Buffer) => {
      reply += chunk.toString('latin1');
      if (!reply.endsWith('\r\n') && reply.length < REPLY_MAX_BYTES) return;
      end(faultOf(reply));
    };
    const limit = setTimeout(
      () => end(Object.assign(new Error('connect ETIMEDOUT'), { code: 'ETIMEDOUT' })),
      limitMs,
    );
    socket.once('encrypted' in socket ? 'secureConnect' : 'connect', send);
    socket.on('data', read);
    socket.once('error', end);
    socket.once('close', onClose);
  });
}

function faultOf(reply: string): Error | undefined {
  if (reply.startsWith('+')) return undefined;
  // Redis's own text says no more than its first word, and might quote what it was sent.
  const [word = ''] = /^-[A-Z]+/.exec(reply) ?? [];
  if (/without any password configured|no password is set/.test(reply))
    return new RedisIamError('not-asked', 'Redis knows no authentication');
  if (/^-(LOADING|MASTERDOWN|BUSY|TRYAGAIN|CLUSTERDOWN)$/.test(word))
    return new Error(`Redis answers ${word.slice(1)} to AUTH`);
  if (reply.startsWith('-')) return new RedisIamError('refused', `Redis answers ${word.slice(1)} to AUTH`);
  return new Error('Redis has not answered AUTH in its protocol');
}
