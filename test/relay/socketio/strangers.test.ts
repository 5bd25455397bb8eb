// What the relay answers clients that speak another Socket.IO than it does, or hand their token over in another way.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONNECT_REFUSALS } from '../../../relay/socketio/door/judge-connects.ts';
import { exchange, rawRequest, statusOf, upgradeRequest } from '../../helpers/raw-http.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { talk } from './engine-talk.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);
for (const query of ['EIO=3&', 'EIO=5&', '']) {
  test(`an upgrade with ${query || 'no version'} is refused with 400`, async () => {
    const answer = await exchange(
      fixture.relay.port,
      upgradeRequest(`/socket.io/?${query}transport=websocket`),
    );
    assert.is(statusOf(answer), 400);
    assert.match(answer, 'Expected EIO=4');
  });
}

test('a refused version is logged with the reason', async () => {
  await exchange(fixture.relay.port, rawRequest('GET', '/socket.io/?EIO=3&transport=polling'));
  assert.match(fixture.relay.log(), 'Expected EIO=4');
});

test('JSONP is refused', async () => {
  const url = `${fixture.relay.url}/socket.io/?EIO=4&transport=polling&j=0`;
  const response = await fetch(url);
  assert.is(response.status, 400);
  assert.equal(await response.json(), { message: 'JSONP is not supported.' });
});

test('a poll of a session that is elsewhere is logged with the remedy', async () => {
  const response = await fetch(`${fixture.relay.url}/socket.io/?EIO=4&transport=polling&sid=elsewhere`);
  assert.is(response.status, 400);
  assert.match(fixture.relay.log(), /session affinity or transports/);
});

for (const packet of ['40"TOKEN"', '40/,"TOKEN"', '40["TOKEN"]', '407', '40null']) {
  test(`a CONNECT of ${packet} is refused once, as one without a token`, async () => {
    const { received, isClosed } = await talk(fixture, packet);
    assert.equal(received, [`44{"message":"${CONNECT_REFUSALS.token}"}`]);
    assert.not.ok(isClosed);
    assert.not.match(fixture.relay.log(), 'TOKEN');
  });
}

test('a page that gives its token as auth is told once, and does not go on', async () => {
  const desktop = fixture.openDesktop({ auth: fixture.relay.token as never });
  const errors: string[] = [];
  desktop.socket.on('connect_error', ({ message }) => void errors.push(message));
  await until(() => errors.length > 0);
  assert.equal(errors, [CONNECT_REFUSALS.token]);
  assert.not.ok(desktop.socket.active);
});

test.run();
