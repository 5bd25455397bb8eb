// Which errors of a call to Dialogflow are told as its absence, and which as a fault of the relay.
import { errors } from 'undici';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asStreamError } from '../../../../relay/streams/webchannel/failures.ts';

const FAILURES: [error: Error, code: number][] = [
  [new errors.SocketError('other side closed'), 14],
  [new errors.HTTPParserError('bad'), 14],
  [Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }), 14],
  [Object.assign(new Error('dns'), { code: 'ENOTFOUND', syscall: 'getaddrinfo' }), 14],
  [Object.assign(new Error('certificate'), { code: 'CERT_HAS_EXPIRED' }), 14],
  [Object.assign(new Error('name'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }), 14],
  [Object.assign(new TypeError('argument'), { code: 'ERR_INVALID_ARG_TYPE' }), 13],
  [new RangeError('Maximum call stack size exceeded'), 13],
];

for (const [error, code] of FAILURES) {
  test(`${error.name} "${error.message}" is told with ${code}`, () => {
    const failure = asStreamError(error);
    assert.equal([failure.code, failure.cause], [code, code === 13 ? error : undefined]);
  });
}

test.run();
