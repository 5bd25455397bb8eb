import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dial, rawRequest, statusOf, upgradeRequest } from '../../helpers/raw-http.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);
const BODY = ['Content-Type: application/json', 'Content-Length: 2'];
const CONVERSATION = '/v2beta1/projects/test-project/locations/global/conversations/c';

const REQUESTS: Record<string, [bytes: Buffer | string, status: number]> = {
  'POST //register': [rawRequest('POST', '//register', BODY, '{}'), 200],
  'GET ////status': [rawRequest('GET', '////status'), 200],
  'GET //conversation-name': [rawRequest('GET', '//conversation-name?conversationIntegrationKey=k'), 401],
  'a call of Dialogflow after two slashes': [rawRequest('GET', `/${CONVERSATION}`), 401],
  'long polling at //socket.io/': [rawRequest('GET', '//socket.io/?EIO=4&transport=polling'), 200],
  'an upgrade to //socket.io/': [upgradeRequest('//socket.io/?EIO=4&transport=websocket'), 101],
  'an upgrade to //ws': [upgradeRequest('//ws'), 101],
  'a path that does not exist': [rawRequest('GET', '//elsewhere'), 404],
  'slashes within a path': [rawRequest('GET', '/admin//status'), 404],
  'another host behind the slashes': [rawRequest('GET', '//evil.example/status'), 404],
};

for (const [what, [bytes, status]] of Object.entries(REQUESTS)) {
  test(`${what} is answered with ${status}`, async () => {
    const connection = dial(fixture.relay.port, bytes.toString('latin1'));
    fixture.defer(connection.close);
    await until(() => connection.received.includes('\r\n\r\n'));
    assert.is(statusOf(connection.received), status);
  });
}

test.run();
