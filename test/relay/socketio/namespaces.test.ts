// What a client hears that asks for another namespace than `/`.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LINES_OF_ONE_MAX } from '../../../relay/refusals/refusals.ts';
import { DOOR_LIMITS } from '../../../relay/socketio/door/limits.ts';
import { NAMESPACE_REFUSAL } from '../../../relay/socketio/door/packet-parser.ts';
import { CLIENTS, type ClientVersion, TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { talk } from './engine-talk.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);
const NAME = `/${'x'.repeat(DOOR_LIMITS.namespaceMaxLength - 1)}`;
/** Longer than a client waits before it connects again. */
const AGAIN_MS = 1_000;

const logLines = () => fixture.relay.log().match(/"reason":"namespace"/g)?.length ?? 0;

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  for (const transport of ['websocket', 'polling'] as const) {
    test(`${client} over ${transport} is told once why, and stays away`, async () => {
      const { url, token } = fixture.relay;
      const desktop = new TestDesktop(`${url}/admin`, token, { client, transports: [transport] });
      fixture.keep(desktop);
      const errors: string[] = [];
      let connections = 0;
      desktop.socket.on('connect_error', ({ message }) => void errors.push(message));
      desktop.socket.io.on('open', () => void connections++);
      await until(() => errors.length > 0);
      await sleep(AGAIN_MS);
      assert.equal(errors, [NAMESPACE_REFUSAL]);
      assert.is(connections, 1);
      assert.not.ok(desktop.socket.active);
    });
  }

  test(`a page with ${client} that also has the namespace / goes on with that`, async () => {
    const { url, token } = fixture.relay;
    const options = { auth: { token }, transports: ['websocket'], forceNew: true };
    const desktop = CLIENTS[client](url, options);
    const others = ['/admin', '/other'].map((name) => desktop.io.socket(name, options));
    fixture.defer(() => void desktop.close());
    const errors: string[] = [];
    for (const other of others) {
      other.on('connect_error', ({ message }) => void errors.push(message));
      other.connect();
    }
    await until(() => errors.length === 2 && desktop.connected);
    await sleep(AGAIN_MS);
    assert.equal(errors, [NAMESPACE_REFUSAL, NAMESPACE_REFUSAL]);
    const [isJoined] = await new Promise<unknown[]>((resolve) =>
      desktop.emit('join-conversation', uniqueConversation(), (...answer: unknown[]) => resolve(answer)),
    );
    assert.is(isJoined, true);
  });
}

test('however many clients ask, the log has few lines', async () => {
  const { received } = await talk(fixture, '40/admin,{}');
  assert.is(received.length, 2);
  await talk(fixture, '40/other,{}');
  assert.is(logLines(), LINES_OF_ONE_MAX);
});

test('the longest namespace is refused by name, without a look at the payload', async () => {
  const { received, isClosed } = await talk(fixture, `40${NAME},not JSON`);
  assert.equal(received, [`44${NAME},${JSON.stringify({ message: NAMESPACE_REFUSAL })}`, `41${NAME},`]);
  assert.not.ok(isClosed);
});

test('a second namespace ends the connection without an answer', async () => {
  const { received, isClosed } = await talk(fixture, '40/admin,{}', '40/admin,{}');
  assert.is(received.length, 2);
  assert.ok(isClosed);
});

for (const packet of [`40${NAME}x,{}`, '41/admin', '42/admin,["x"]', '451-/admin,["x"]', '44/admin,{}']) {
  test(`a packet ${packet.slice(0, 16)} of another namespace ends the connection`, async () => {
    const { received, isClosed } = await talk(fixture, packet);
    assert.equal(received, []);
    assert.ok(isClosed);
  });
}

test('a desktop may name the namespace /', async () => {
  const { received } = await talk(fixture, `40/,{"token":"${fixture.relay.token}"}`);
  assert.match(received[0] ?? '', /^40\{"sid":/);
});

test.run();
