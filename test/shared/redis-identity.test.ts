// By which of its names a certificate of Redis is accepted, with real certificates.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRedis } from '../../shared/redis.ts';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { type CertificateNames, startTlsRedis } from '../helpers/tls-redis.ts';

const PASSWORD = 'a password of Redis';
const fixture = redisFixture(test, { server: false });

/** Connects to 127.0.0.1 with the right authority, and answers what came of it. */
async function connect(names: CertificateNames): Promise<string> {
  const server = await startTlsRedis(PASSWORD, '127.0.0.1', [], names);
  fixture.defer(() => server.stop());
  const redis = createRedis(
    { redisHost: '127.0.0.1', redisPort: server.port, redisAuth: PASSWORD, redisTlsCa: server.ca },
    { retryStrategy: () => null },
  );
  let code = '';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    code ||= error.code ?? error.message;
  });
  try {
    await redis.connect();
    return await redis.ping();
  } catch {
    return code;
  } finally {
    redis.disconnect();
  }
}

const REFUSED = 'ERR_TLS_CERT_ALTNAME_INVALID';
const CASES: readonly [title: string, names: CertificateNames, result: string][] = [
  [
    'the address as an alternative name is accepted',
    { commonName: 'redis', alternativeNames: 'IP:127.0.0.1' },
    'PONG',
  ],
  ['the address as the common name alone is accepted', { commonName: '127.0.0.1' }, 'PONG'],
  [
    'the address as the common name beside a DNS name is accepted',
    { commonName: '127.0.0.1', alternativeNames: 'DNS:redis' },
    'PONG',
  ],
  ['another address as the common name is refused', { commonName: '127.0.0.2' }, REFUSED],
  [
    'the address as the common name is refused beside another address',
    { commonName: '127.0.0.1', alternativeNames: 'IP:127.0.0.2' },
    REFUSED,
  ],
];

for (const [title, names, result] of CASES)
  test(title, async () => {
    assert.is(await connect(names), result);
  });

test.run();
