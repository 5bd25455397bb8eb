import { Cluster, Redis as RedisNode, type RedisOptions } from 'ioredis';
import { ConfigError } from './errors.ts';
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
  /** A name or an address; of a cluster also several, see {@link startNodes}. */
  redisHost: string;
  redisPort: number;
  redisAuth: string | undefined;
  redisTlsCa: string | undefined;
  /** Whether host and port lead to a Redis Cluster, where any of its nodes may stand. */
  redisCluster?: boolean;
}

/** How long one command may take, in milliseconds, before its caller hears of it: a hung Redis must not hang us. */
const COMMAND_TIMEOUT_MS = 1_000;
const CONNECT_TIMEOUT_MS = 2_000;
/**
 * How long nothing may come back while a command is under way, in milliseconds, before the connection counts as dead:
 * after a fail-over the old node may be gone without a word, and TCP itself takes a quarter of an hour to notice.
 */
const SOCKET_TIMEOUT_MS = 2_000;
/** The longest pause between two attempts to connect, in milliseconds. */
const RECONNECT_MAX_MS = 1_000;
/** While a node of a cluster is being connected to or replaced, a command is tried again after so many milliseconds. */
const CLUSTER_RETRY_MS = 50;

/**
 * What commands go through, as the configuration says; not yet connected (`connect()` does that).
 *
 * @throws {ConfigError} for several hosts of one Redis that is no cluster.
 */
export function createRedisClient(config: RedisConfig): Redis {
  if (config.redisCluster !== true && config.redisHost.includes(',')) {
    throw new ConfigError(['REDISHOST is not valid: set it to one host, or set REDIS_CLUSTER to true']);
  }
  return config.redisCluster === true ? createCluster(config) : createRedis(config);
}

/** A connection to one Redis; not yet connected (`connect()` does that, or the first command). */
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

/** Publishes so that every subscriber of the channel hears it; resolves with how many there were. */
export async function publish(redis: Redis, channel: string, message: string): Promise<number> {
  return Number(
    isCluster(redis) ? await redis.spublish(channel, message) : await redis.publish(channel, message),
  );
}

/** Calls `act` whenever the connection to one Redis is ready again after it was lost, or had to be given up. */
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

/** The nodes of a cluster that `REDISHOST` names, separated by commas, each with a port of its own or with `REDISPORT`. */
export function startNodes({
  redisHost,
  redisPort,
}: Pick<RedisConfig, 'redisHost' | 'redisPort'>): ClusterNodeAddress[] {
  return redisHost.split(',').map((entry) => {
    // An IPv6 address has more colons than one.
    const [, host = entry.trim(), port = redisPort] = /^\s*([^:]+):(\d+)\s*$/.exec(entry) ?? [];
    return { host, port: Number(port) };
  });
}

/**
 * Keeps in `nodes`, which a client looks at whenever it has lost all nodes, those that it last knew beside the named ones:
 * the named ones may be gone for good.
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
    // Certificates are made out for the names that REDISHOST and the nodes themselves go by: not looked up beforehand.
    dnsLookup: (name, callback) => callback(null, name),
    clusterRetryStrategy: reconnectDelay,
    // It has no time limit, and would keep whatever is sent while no node answers, content and all.
    enableOfflineQueue: false,
    maxRedirections: Math.ceil(COMMAND_TIMEOUT_MS / CLUSTER_RETRY_MS),
    retryDelayOnFailover: CLUSTER_RETRY_MS,
    retryDelayOnClusterDown: CLUSTER_RETRY_MS,
    retryDelayOnTryAgain: CLUSTER_RETRY_MS,
  });
  rememberNodes(cluster, nodes);
  return cluster;
}

/** What goes for every connection to a server. */
function nodeOptions(config: RedisConfig) {
  return {
    ...(config.redisAuth === undefined ? {} : { password: config.redisAuth }),
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
    // What is under way when a connection breaks is sent again on the next one, if that comes about at once. Without a
    // limit ioredis keeps what has long timed out, content and all, until Redis is back.
    maxRetriesPerRequest: 1,
    // After a fail-over that left the connection open, a new connection leads to the new primary.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
  } satisfies RedisOptions;
}

/** Full jitter, so that a fleet does not come back in step after a fail-over. */
export function reconnectDelay(attempt: number): number {
  return Math.random() * Math.min(RECONNECT_MAX_MS, 50 * 2 ** Math.min(attempt, 10));
}

// Error replies that a later attempt may not meet again: a server that is starting, failing over, moving a slot, busy
// with a script or out of memory. Any other reply (no permission, a key of another type) stays as it is.
const TRANSIENT_REPLY =
  /^(LOADING|READONLY|MASTERDOWN|NOREPLICAS|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|BUSY|OOM|UNBLOCKED|MISCONF)\b/;

/** Whether a failed command may succeed when it is sent again. */
export function isTransientRedisError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name !== 'ReplyError' || TRANSIENT_REPLY.test(error.message);
}
