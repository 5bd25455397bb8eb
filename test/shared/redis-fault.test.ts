import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectionFault } from '../../shared/redis-fault.ts';
import { RedisIamError } from '../../shared/redis-iam-error.ts';

const errorOf = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

const REDIS = 'Redis at 10.0.0.3:6379';
const FAULTS: [error: unknown, fault: string][] = [
  [
    errorOf('WRONGPASS invalid username-password pair or user is disabled.'),
    `${REDIS} does not accept REDIS_AUTH`,
  ],
  [errorOf('NOAUTH Authentication required.'), `${REDIS} wants a password: set REDIS_AUTH`],
  [
    errorOf('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    `REDIS_TLS_CA is not the authority that signed the certificate of ${REDIS}`,
  ],
  [
    errorOf('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'),
    `REDIS_TLS_CA is not the authority that signed the certificate of ${REDIS}`,
  ],
  [
    errorOf("IP: 10.0.0.3 is not in the cert's list", 'ERR_TLS_CERT_ALTNAME_INVALID'),
    `the certificate of ${REDIS} is not for the name or address in REDISHOST`,
  ],
  [errorOf('connect ECONNREFUSED 10.0.0.3:6379', 'ECONNREFUSED'), `${REDIS} refuses connections`],
  [
    errorOf('getaddrinfo ENOTFOUND redis', 'ENOTFOUND'),
    `no address is found for ${REDIS}: is REDISHOST right?`,
  ],
  [errorOf('connect ETIMEDOUT', 'ETIMEDOUT'), `${REDIS} does not answer`],
  [errorOf('connect EHOSTUNREACH 10.0.0.3:6379', 'EHOSTUNREACH'), `${REDIS} does not answer`],
  [errorOf('Command timed out'), `${REDIS} does not answer`],
  [errorOf("Socket timeout. Expecting data, but didn't receive any in 2000ms."), `${REDIS} does not answer`],
  [errorOf('read ECONNRESET', 'ECONNRESET'), `${REDIS} has closed the connection`],
  [errorOf('Connection is closed.'), `${REDIS} has closed the connection`],
  [
    new RedisIamError('refused', 'Redis answers WRONGPASS to AUTH'),
    `${REDIS} does not accept the access token: give the service account the role roles/redis.dbConnectionUser, or for Valkey roles/memorystore.dbConnectionUser`,
  ],
  [
    new RedisIamError('no-token', 'the metadata server answers 404'),
    `no access token for ${REDIS}: the metadata server answers 404. REDIS_AUTH_MODE=iam needs Google Cloud and a service account`,
  ],
  [
    new RedisIamError('not-asked', 'Redis knows no authentication'),
    `${REDIS} has no IAM authentication: leave REDIS_AUTH_MODE out`,
  ],
  ['no error', `the connection to ${REDIS} failed`],
  [undefined, `the connection to ${REDIS} failed`],
];

for (const [error, fault] of FAULTS) {
  const what = error instanceof Error ? error.message : String(error);
  test(`the log explains "${what.slice(0, 50)}"`, () => {
    assert.is(connectionFault(error, '10.0.0.3:6379'), fault);
  });
}

test.run();
