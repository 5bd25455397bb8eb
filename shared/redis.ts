import { Cluster, Redis as RedisNode, type RedisOptions } from 'ioredis';
import { METADATA_HOST, type RedisAuthMode } from './config.ts';
import { ConfigError } from './errors.ts';
import { iamConnector } from './redis-iam-connector.ts';
import { checkRedisIdentity } from './redis-identity.ts';

export type { Cluster, Redis as RedisNode } from 'ioredis';

/** Where commands go: a connection to one Redis, or those to all nodes of a Redis Cluster. */
export type Redis = RedisNode | Cluster;

/** ioredis's own options, less the one that changes the shape of replies. */
export type RedisOverrides = Omit<RedisOptions, 'replyMapping'>;

interface ClusterNodeAddress {
  host: string;
  port: number;
}

export interface RedisConfig {
  /** A name or an address. A cluster may have several, see {@link startNodes}. */
  redisHost: string;
  redisPort: number;
  redisAuth: string | undefined;
  /** With `iam`, each new connection shows an access token of the process's service account instead of `redisAuth`. */
  redisAuthMode?: RedisAuthMode;
  /** `HOST` or `HOST:PORT` of the metadata server, which gives the tokens. */
  metadataHost?: string;
  redisTlsCa: string | undefined;
  /** Whether host and port are those of a node of a Redis Cluster. Any of its nodes will do. */
  redisCluster?: boolean;
  /** Other limits on time than the usual ones below. */
  redisTimeouts?: Pick<RedisOptions, 'connectTimeout' | 'commandTimeout' | 'socketTimeout'>;
}

/** Time limit of one command, in milliseconds. Without it, a Redis that hangs would hang its callers. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * How long a connection may be silent while a command is under way, in milliseconds. After that it counts as dead. In a
 * fail-over the old node may vanish without closing it, and TCP takes a quarter of an hour to notice.
 */
const SOCKET_TIMEOUT_MS = 2_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const RECONNECT_MAX_MS = 1_000;
/** Pause before a command is repeated, in milliseconds, while a node of a cluster is being connected to or replaced. */
const CLUSTER_RETRY_MS = 50;

/**
 * Makes the client for commands, as configured. It is not connected yet: `connect()` does that.
 *
 * @throws {ConfigError} for several hosts without a cluster.
 */
export function createRedisClient(config: RedisConfig): Redis {
  if (config.redisCluster !== true && config.redisHost.includes(',')) {
    throw new ConfigError(['REDISHOST is not valid: set it to one host, or set REDIS_CLUSTER to true']);
  }
  return config.redisCluster === true ? createCluster(config) : createRedis(config);
}

/** Makes a connection to one Redis. It is not connected yet: `connect()` or the first command does that. */
export function createRedis(config: RedisConfig, overrides: RedisOverrides = {}): RedisNode {
  return new RedisNode({
    host: config.redisHost,
    port: config.redisPort,
    ...nodeOptions(config),
    retryStrategy: reconnectDelay,
    ...overrides,
  });
}

export function isCluster(redis: Redis): redis is Cluster {
  return redis instanceof Cluster;
}

/** Publishes to every subscriber of the channel. Resolves with their number. */
export async function publish(redis: Redis, channel: string, message: string): Promise<number> {
  return Number(
    isCluster(redis) ? await redis.spublish(channel, message) : await redis.publish(channel, message),
  );
}

/** Calls `act` whenever the connection to one Redis is ready again after it was lost or given up. */
export function onReconnected(redis: Redis, act: () => void): void {
  let wasLost = false;
  redis.on('reconnecting', () => {
    wasLost = true;
  });
  redis.on('ready', () => {
    if (wasLost) act();
    wasLost = false;
  });
}

/** The nodes of a cluster in `REDISHOST`, separated by commas. Each has its own port, or else `REDISPORT`. */
export function startNodes({
  redisHost,
  redisPort,
}: Pick<RedisConfig, 'redisHost' | 'redisPort'>): ClusterNodeAddress[] {
  return redisHost.split(',').map((entry) => {
    // An IPv6 address has more than one colon.
    const [, host = entry.trim(), port = redisPort] = /^\s*([^:]+):(\d+)\s*$/.exec(entry) ?? [];
    return { host, port: Number(port) };
  });
}

/**
 * Keeps the nodes that the client last knew in `nodes`, beside the named ones, which may be gone for ever. The client
 * looks there when it has lost all nodes.
 */
function rememberNodes(cluster: Cluster, nodes: ClusterNodeAddress[]): void {
  const named = [...nodes];
  cluster.on('refresh', () => {
    const known = cluster.nodes().map(({ options: { host = '', port = 0 } }) => ({ host, port }));
    const others = known.filter(
      ({ host, port }) => !named.some((node) => node.host === host && node.port === port),
    );
    // A node that has forgotten its cluster knows no other.
    if (known.length > 1) nodes.splice(0, nodes.length, ...named, ...others);
  });
}

function createCluster(config: RedisConfig): Cluster {
  const nodes = startNodes(config);
  const cluster = new Cluster(nodes, {
    lazyConnect: true,
    redisOptions: nodeOptions(config),
    // Names are not resolved here, because certificates are for the names in REDISHOST and those that nodes announce.
    dnsLookup: (name, callback) => callback(null, name),
    clusterRetryStrategy: reconnectDelay,
    // The queue has no time limit. While no node answers, it would keep all commands with their content.
    enableOfflineQueue: false,
    maxRedirections: Math.ceil(COMMAND_TIMEOUT_MS / CLUSTER_RETRY_MS),
    retryDelayOnFailover: CLUSTER_RETRY_MS,
    retryDelayOnClusterDown: CLUSTER_RETRY_MS,
    retryDelayOnTryAgain: CLUSTER_RETRY_MS,
  });
  rememberNodes(cluster, nodes);
  return cluster;
}

/** The options of every connection to a server. */
function nodeOptions(config: RedisConfig) {
  return {
    ...authentication(config),
    ...(config.redisTlsCa === undefined
      ? {}
      : {
          tls: {
            ca: config.redisTlsCa,
            rejectUnauthorized: true,
            checkServerIdentity: checkRedisIdentity,
          },
        }),
    lazyConnect: true,
    keepAlive: 10_000,
    noDelay: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    ...config.redisTimeouts,
    // Commands under way when a connection breaks are sent again, if the first attempt to connect succeeds. Without a
    // limit ioredis keeps commands that have long timed out, with their content, until Redis is back.
    maxRetriesPerRequest: 1,
    // After a fail-over that left the connection open, a new connection leads to the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

function authentication({ redisAuthMode, redisAuth, metadataHost }: RedisConfig) {
  if (redisAuthMode === 'iam') return { Connector: iamConnector(metadataHost ?? METADATA_HOST) };
  return redisAuth === undefined ? {} : { password: redisAuth };
}

/** Full jitter, so that many processes do not come back in the same moment after a fail-over. */
export function reconnectDelay(attempt: number): number {
  return Math.random() * Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));
}

// Error replies that a later attempt may not get. The server is starting, failing over, moving a slot, busy with a
// script or out of memory. Any other reply (no permission, a key of another type) does not change.
const TRANSIENT_REPLY =
  /^(LOADING|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|OOM|UNBLOCKED|MISCONF)\b/;

/** Whether a failed command may succeed when it is sent again. */
export function isTransientRedisError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== 'ReplyError' || TRANSIENT_REPLY.test(error.message);
}
