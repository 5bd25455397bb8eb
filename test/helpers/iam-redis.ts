// Redis that checks tokens as Memorystore with IAM authentication does, with TLS.
import { freePort, onFreePort } from '../../scripts/local/free-port.ts';
import { startRedis } from '../../scripts/local/redis-server.ts';
import { createRedis, type RedisConfig, type RedisNode } from '../../shared/redis.ts';
import type { Fixture } from './fixture.ts';
import { PATIENT } from './redis.ts';
import { startTestCluster, type TestCluster, type TestClusterOptions } from './redis-cluster.ts';
import { makeServerCertificate } from './tls-redis.ts';
import { TokenIssuer } from './token-issuer.ts';

/** The user of the test itself, and of replicas. */
const LOGIN = { username: 'admin', password: 'admin-of-the-test' };
const ACL = [
  ...['--user', 'admin', 'on', `>${LOGIN.password}`, '~*', '&*', '+@all'],
  ...['--user', 'default', 'on', 'resetpass', '~*', '&*', '+@all'],
];

export interface IamRedis {
  issuer: TokenIssuer;
  redisConfig: RedisConfig;
  /** The same as the environment of a process. */
  env: Record<string, string>;
}

/** One server. The fixture closes it. */
export async function startIamRedis(fixture: Fixture): Promise<IamRedis & { admin: RedisNode }> {
  const certificate = makeServerCertificate();
  fixture.defer(() => certificate.remove());
  const [port, server] = await onFreePort(
    async (tlsPort) => [tlsPort, await startRedis({ args: [...certificate.args(tlsPort), ...ACL] })] as const,
  );
  fixture.defer(() => server.stop());
  const admin = createRedis(
    { redisHost: server.host, redisPort: server.port, redisAuth: undefined, redisTlsCa: undefined },
    { ...PATIENT, ...LOGIN },
  );
  admin.on('error', () => {});
  fixture.defer(() => admin.disconnect());
  const issuer = await new TokenIssuer(() => [admin]).listen(fixture);
  return { admin, ...reached(issuer, port, certificate.ca, false) };
}

/** A cluster. The fixture closes it. */
export async function startIamCluster(
  fixture: Fixture,
  options: TestClusterOptions = {},
): Promise<IamRedis & { cluster: TestCluster }> {
  const certificate = makeServerCertificate();
  fixture.defer(() => certificate.remove());
  const access = async () => {
    const port = await freePort();
    const args = [
      ...certificate.args(port),
      ...ACL,
      // Nodes tell their TLS ports to clients, and replicas authenticate, too.
      ...['--tls-cluster', 'yes', '--tls-replication', 'yes'],
      ...['--masteruser', LOGIN.username, '--masterauth', LOGIN.password],
    ];
    return { args, port, login: LOGIN };
  };
  const cluster = await startTestCluster({ ...options, access });
  fixture.defer(() => cluster.stop());
  const issuer = await new TokenIssuer(() =>
    [...cluster.nodes, ...cluster.replicas]
      .map(({ redis }) => redis)
      .filter(({ status }) => status === 'ready'),
  ).listen(fixture);
  const [[, port]] = (await Promise.all(
    cluster.nodes.slice(0, 1).map(({ redis }) => redis.config('GET', 'tls-port')),
  )) as [[string, string]];
  return { cluster, ...reached(issuer, Number(port), certificate.ca, true) };
}

function reached(issuer: TokenIssuer, port: number, ca: string, redisCluster: boolean): IamRedis {
  return {
    issuer,
    redisConfig: {
      redisHost: '127.0.0.1',
      redisPort: port,
      redisAuth: undefined,
      redisAuthMode: 'iam',
      metadataHost: issuer.host,
      redisTlsCa: ca,
      redisCluster,
    },
    env: {
      REDISHOST: '127.0.0.1',
      REDISPORT: String(port),
      REDIS_AUTH_MODE: 'iam',
      GCE_METADATA_HOST: issuer.host,
      REDIS_SECURITY: 'tls-auth',
      REDIS_TLS_CA: ca,
      REDIS_CLUSTER: String(redisCluster),
    },
  };
}
