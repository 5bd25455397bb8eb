import { Agent, request } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SUBPROTOCOL } from '../../shared/wire.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import type { TestRelay } from '../helpers/relay.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { undisturbed } from '../helpers/undisturbed.ts';
import { until } from '../helpers/until.ts';
import '../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 0 });

/** The status that an upgrade is answered with. */
function upgradeStatus(relay: TestRelay, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({
      port: relay.port,
      path,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
        'Sec-WebSocket-Protocol': SUBPROTOCOL,
      },
    });
    call.on('response', (response) => resolve(response.resume().statusCode));
    call.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(101);
    });
    call.on('error', reject);
    call.end();
  });
}

test('a draining relay says so, refuses desktops and ends within 8 s', () =>
  undisturbed(async () => {
    const relay = await fixture.startRelay();
    const natives = await Promise.all(Array.from({ length: 20 }, () => fixture.nativeDesktop({ relay })));
    const desktops = Array.from({ length: 20 }, () => fixture.openDesktop({ relay }));
    for (const desktop of desktops) {
      desktop.socket.io.reconnection(false);
      await desktop.connected();
      await desktop.join(uniqueConversation());
    }

    const startedAt = Date.now();
    const closed = relay.close();
    await until(() => natives.every((native) => native.of('draining').length > 0));
    assert.is((await fetch(`${relay.url}/ready`)).status, 503);
    assert.is((await fetch(`${relay.url}/health`)).status, 200);
    assert.is(await upgradeStatus(relay, '/ws'), 503);
    assert.is(await upgradeStatus(relay, '/socket.io/?EIO=4&transport=websocket'), 503);
    assert.is((await fetch(`${relay.url}/socket.io/?EIO=4&transport=polling`)).status, 503);
    assert.is(relay.log().match(/"reason":"draining","refused":"upgrade".*"message":"refused"/g)?.length, 3);

    const endings: number[] = [];
    await Promise.all([
      ...natives.map(async (native) => {
        await native.closed;
        endings.push(Date.now() - startedAt);
      }),
      ...desktops.map(async (desktop) => {
        await until(() => !desktop.socket.connected);
        endings.push(Date.now() - startedAt);
      }),
    ]);
    await closed;
    const tookMs = Date.now() - startedAt;
    assert.ok(tookMs < 8_000, `took ${tookMs} ms`);
    const closes = await Promise.all(natives.map((native) => native.closed));
    assert.ok(
      closes.every(([code]) => code === 4000),
      'closed with the code that says: connect again',
    );
    const spread = Math.max(...endings) - Math.min(...endings);
    assert.ok(spread > 1_000, `closes are spread over ${spread} ms`);
  }));

test('open sessions over long polling are served while the relay drains', () =>
  undisturbed(async () => {
    const relay = await fixture.startRelay();
    const desktops = await Promise.all(
      Array.from({ length: 10 }, () => fixture.desktop({ relay, transports: ['polling'] })),
    );
    for (const desktop of desktops) desktop.socket.io.reconnection(false);

    const closed = relay.close();
    await until(async () => (await fetch(`${relay.url}/ready`)).status === 503);
    // The relay closes each desktop at a random moment of three seconds, so not every join gets an answer.
    const answers: unknown[] = [];
    for (const desktop of desktops)
      void desktop.join(uniqueConversation()).then(([isJoined]) => answers.push(isJoined));
    await until(() => answers.length > 0);
    assert.is(answers[0], true);
    await closed;
  }));

test('a relay that drains serves other requests, on new connections and on open ones', () =>
  undisturbed(async () => {
    const relay = await fixture.startRelay();
    const desktop = await fixture.desktop({ relay });
    const agent = new Agent({ keepAlive: true });
    fixture.defer(() => agent.destroy());
    const kept = () => statusAt(relay, '/status', agent);
    assert.is(await kept(), 200);

    const closed = relay.close();
    await until(async () => (await statusAt(relay, '/ready')) === 503);
    assert.is(await statusAt(relay, '/status'), 200);
    assert.is(await kept(), 200);
    assert.is(await upgradeStatus(relay, '/ws'), 503);
    await until(() => !desktop.socket.connected);
    await closed;
    await assertRefused(() => statusAt(relay, '/status'));
    await assertRefused(kept);
  }));

async function assertRefused(call: () => Promise<unknown>): Promise<void> {
  const failure = await call().then(String, (error: NodeJS.ErrnoException) => error.code);
  assert.is(failure, 'ECONNREFUSED');
}

/** The status of a GET, on a connection of its own or on one that the agent keeps. */
function statusAt(relay: TestRelay, path: string, agent?: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = request({ port: relay.port, host: '127.0.0.1', path, agent: agent ?? false });
    call.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)));
    call.on('error', reject);
    call.end();
  });
}

test('an upgrade is taken while the relay is not draining', async () => {
  const relay = await fixture.startRelay();
  assert.is(await upgradeStatus(relay, '/ws'), 101);
  assert.is(await upgradeStatus(relay, '/socket.io/?EIO=4&transport=websocket'), 101);
  assert.is(await upgradeStatus(relay, '/elsewhere'), 404);
});

test.run();
