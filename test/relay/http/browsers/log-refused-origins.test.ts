import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dial, rawRequest, statusOf, upgradeRequest } from '../../../helpers/raw-http.ts';
import { relayFixture } from '../../../helpers/relay-fixture.ts';
import { until } from '../../../helpers/until.ts';

const FOREIGN = 'https://evil.example';
const LISTED = 'https://desk.example.com';
const MESSAGE = 'requests of an origin that CORS_ALLOWED_ORIGINS does not list';

const fixture = relayFixture(test, { relays: 0 });
const POLLING = '/socket.io/?EIO=4&transport=polling';
const JSON_BODY = ['Content-Type: application/json', 'Content-Length: 2'];

/** Each way in, and what an origin that is not listed gets there. */
const WAYS: Record<string, [request: (origin: string) => Buffer | string, status: number, listed: number]> = {
  'an upgrade of the native protocol': [(origin) => upgradeRequest('/ws', [`Origin: ${origin}`]), 403, 101],
  'an upgrade of Socket.IO': [
    (origin) => upgradeRequest('/socket.io/?EIO=4&transport=websocket', [`Origin: ${origin}`]),
    403,
    101,
  ],
  'long polling': [(origin) => rawRequest('GET', POLLING, [`Origin: ${origin}`]), 403, 200],
  'a POST': [
    (origin) => rawRequest('POST', '/register', [`Origin: ${origin}`, ...JSON_BODY], '{}'),
    403,
    200,
  ],
  // Served, because it changes nothing. Browsers do not show the answer to the page.
  'a GET': [(origin) => rawRequest('GET', '/status', [`Origin: ${origin}`]), 200, 200],
};

for (const [what, [bytesOf, status, listed]] of Object.entries(WAYS)) {
  test(`${what} from an origin that is not listed gets ${status} and a line in the log`, async () => {
    const relay = await fixture.startRelay({ settings: { CORS_ALLOWED_ORIGINS: LISTED } });
    const statusFor = async (origin: string) => statusOf(await firstAnswer(relay.port, bytesOf(origin)));
    const refusals = () =>
      relay
        .log()
        .split('\n')
        .filter((line) => line.includes(MESSAGE))
        .map((line) => JSON.parse(line));
    assert.is(await statusFor(LISTED), listed);
    assert.equal(refusals(), []);
    for (let i = 0; i < 3; i++) assert.is(await statusFor(FOREIGN), status);
    assert.equal(
      refusals().map(({ severity, origin, count }) => [severity, origin, count]),
      [['WARNING', FOREIGN, 1]],
    );
  });
}

/** An upgrade that is taken leaves the connection open. */
async function firstAnswer(port: number, bytes: Buffer | string): Promise<string> {
  const connection = dial(port, bytes.toString('latin1'));
  fixture.defer(connection.close);
  await until(() => connection.received.includes('\r\n\r\n'));
  return connection.received;
}

test.run();
