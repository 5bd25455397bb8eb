// Upgrades and requests of Engine.IO that are refused leave one line and one count each.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { SUBPROTOCOL } from '../../../shared/wire.ts';
import { dial, rawRequest, upgradeRequest } from '../../helpers/raw-http.ts';
import { PHONE } from './refusals-fixture.ts';
import { ENGINE, FOREIGN, SocketRefusalsFixture } from './socket-refusals-fixture.ts';

const fixture = new SocketRefusalsFixture(test);

const version = (number: number) => upgradeRequest('/ws').replace('Version: 13', `Version: ${number}`);

/** Requests as bytes, and why each is refused. */
const REQUESTS: Record<string, [reason: RefusalReason, bytes: Buffer | string]> = {
  'an upgrade at an unknown path': ['upgrade-path', upgradeRequest(`/wrong/${PHONE}`)],
  'an upgrade of an origin that is not listed': ['origin', upgradeRequest('/ws', [`Origin: ${FOREIGN}`])],
  'an upgrade without the subprotocol': [
    'upgrade-subprotocol',
    upgradeRequest('/ws').replace(SUBPROTOCOL, 'chat'),
  ],
  'an upgrade of version 12': ['upgrade-version', version(12)],
  'an upgrade without a key': [
    'upgrade-malformed',
    upgradeRequest('/ws').replace(/Sec-WebSocket-Key.*\r\n/, ''),
  ],
  'an upgrade that names its subprotocol twice': [
    'upgrade-malformed',
    upgradeRequest('/ws').replace(SUBPROTOCOL, `${SUBPROTOCOL}, ${SUBPROTOCOL}`),
  ],
  'an upgrade of long polling': ['engine-request', upgradeRequest(`${ENGINE}polling`)],
  'an upgrade of Socket.IO of version 12': [
    'upgrade-version',
    version(12).replace('GET /ws', `GET ${ENGINE}websocket`),
  ],
  'an upgrade of Socket.IO of an origin that is not listed': [
    'origin',
    upgradeRequest(`${ENGINE}websocket`, [`Origin: ${FOREIGN}`]),
  ],
  'an upgrade of Socket.IO with EIO=3': [
    'engine-version',
    upgradeRequest('/socket.io/?EIO=3&transport=websocket'),
  ],
  'long polling of an origin that is not listed': [
    'origin',
    rawRequest('GET', `${ENGINE}polling`, [`Origin: ${FOREIGN}`]),
  ],
  'long polling with EIO=3': ['engine-version', rawRequest('GET', '/socket.io/?EIO=3&transport=polling')],
  'an unknown transport': ['engine-transport', rawRequest('GET', `${ENGINE}pigeon`)],
  'a WebSocket without an upgrade': ['engine-transport', rawRequest('GET', `${ENGINE}websocket`)],
  'an unknown session': ['engine-session', rawRequest('GET', `${ENGINE}polling&sid=${PHONE}`)],
  'long polling with PUT': ['engine-method', rawRequest('PUT', `${ENGINE}polling`)],
  'a first request by POST': ['engine-method', rawRequest('POST', `${ENGINE}polling`)],
  'long polling with JSONP': ['engine-jsonp', rawRequest('GET', `${ENGINE}polling&j=1`)],
};

for (const [what, [reason, bytes]] of Object.entries(REQUESTS)) {
  test(`${what} is ${reason}`, async () => {
    const from = fixture.address();
    const text = bytes.toString('latin1').replace('\r\n', `\r\nX-Forwarded-For: ${from}\r\n`);
    const line = await fixture.refusedOnce(reason, () => {
      fixture.defer(dial(fixture.relay.port, text).close);
    });
    assert.is(line.from, from);
    assert.is(line.origin, reason === 'origin' ? FOREIGN : undefined);
  });
}

test.run();
