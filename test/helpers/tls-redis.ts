import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onFreePort } from '../../scripts/local/free-port.ts';
import { type RedisServer, startRedis } from '../../scripts/local/redis-server.ts';

/** A Redis that takes TLS and a password, as Memorystore does with both switched on. */
export interface TlsRedis {
  /** The port that speaks TLS. */
  port: number;
  /** The same server without TLS, which only the test's own start-up needs. */
  server: RedisServer;
  password: string;
  /** PEM of the authority that signed the server's certificate. */
  ca: string;
  /** PEM of another one, which looks just like it. */
  otherCa: string;
  /** REDISHOST and its companions, with everything right. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** How the server's certificate names its host. */
export interface CertificateNames {
  commonName: string;
  /** As OpenSSL writes them, such as `IP:127.0.0.1`; without them the certificate has none. */
  alternativeNames?: string;
}

/** The certificate of a test's servers, and its authority. */
export interface ServerCertificate {
  /** The arguments of a server that speaks TLS on this port. */
  args(port: number): string[];
  ca: string;
  otherCa: string;
  remove(): void;
}

export function makeServerCertificate(
  names: CertificateNames = { commonName: 'redis', alternativeNames: 'IP:127.0.0.1' },
): ServerCertificate {
  const directory = mkdtempSync(join(tmpdir(), 'redis-tls-'));
  const file = (name: string) => join(directory, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-x509',
    '-days',
    '2',
  ];
  for (const name of ['ca', 'other']) {
    openssl(
      'req',
      ...newKey,
      '-subj',
      '/CN=Redis CA',
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.pem`),
    );
  }
  openssl(
    ...['req', ...newKey, '-subj', `/CN=${names.commonName}`],
    ...(names.alternativeNames === undefined ? [] : ['-addext', `subjectAltName=${names.alternativeNames}`]),
    ...['-addext', 'basicConstraints=critical,CA:FALSE', '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
    ...['-keyout', file('server.key'), '-out', file('server.pem')],
  );
  return {
    args: (port) => [
      ...['--tls-port', String(port), '--tls-cert-file', file('server.pem')],
      ...['--tls-key-file', file('server.key'), '--tls-ca-cert-file', file('ca.pem')],
      ...['--tls-auth-clients', 'no'],
    ],
    ca: readFileSync(file('ca.pem'), 'utf8'),
    otherCa: readFileSync(file('other.pem'), 'utf8'),
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** @param extra further arguments of the server. */
export async function startTlsRedis(
  password: string,
  address = '127.0.0.1',
  extra: readonly string[] = [],
  names: CertificateNames = { commonName: 'redis', alternativeNames: `IP:${address}` },
): Promise<TlsRedis> {
  const { args, ca, otherCa, remove } = makeServerCertificate(names);
  const [port, server] = await onFreePort(
    async (tlsPort) =>
      [tlsPort, await startRedis({ args: [...args(tlsPort), '--requirepass', password, ...extra] })] as const,
  );
  return {
    port,
    server,
    password,
    ca,
    otherCa,
    env: {
      REDISHOST: '127.0.0.1',
      REDISPORT: String(port),
      REDIS_SECURITY: 'tls-auth',
      REDIS_AUTH: password,
      REDIS_TLS_CA: ca,
    },
    stop: async () => {
      await server.stop();
      remove();
    },
  };
}
