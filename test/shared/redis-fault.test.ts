import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectionFault } from '../../shared/redis-fault.ts';

const errorOf = (message: string, code?: string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

const FAULTS: [error: unknown, names: RegExp][] = [
  [errorOf('WRONGPASS invalid username-password pair or user is disabled.'), /REDIS_AUTH$/],
  [errorOf('NOAUTH Authentication required.'), /set REDIS_AUTH$/],
  [errorOf('unable to verify the first certificate', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'), /REDIS_TLS_CA/],
  [errorOf('self-signed certificate in certificate chain', 'SELF_SIGNED_CERT_IN_CHAIN'), /REDIS_TLS_CA/],
  [errorOf("IP: 10.0.0.3 is not in the cert's list", 'ERR_TLS_CERT_ALTNAME_INVALID'), /REDISHOST$/],
  [errorOf('connect ECONNREFUSED', 'ECONNREFUSED'), /^redis connection$/],
  ['no error', /^redis connection$/],
  [undefined, /^redis connection$/],
];

for (const [error, names] of FAULTS) {
  test(`${error instanceof Error ? error.message : String(error)} is reported as ${names.source}`, () => {
    assert.match(connectionFault(error), names);
  });
}

test.run();
