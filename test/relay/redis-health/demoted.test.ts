// A Redis that takes no writes any more while its connections stay open: demoted behind one address.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { appendUntilTaken } from '../../helpers/append-until-taken.ts';
import { makeEvent } from '../../helpers/events.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';
import { readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

/** How long the relay may take to notice and recover, in milliseconds: on a machine at rest it takes about three seconds. */
const RECOVERY_MS = 60_000;

const servers = new Fixture(test);
const fixture = new RelayFixture(test, { relays: 0 }, { server: false });

async function startServer(args: string[] = []): Promise<TestRedis> {
  const server = await startTestRedis({ args });
  servers.defer(() => server.stop());
  return server;
}

const command = async (server: TestRedis, ...parts: [string, ...string[]]) => {
  const redis = fixture.client(server.redisConfig);
  await redis.call(...parts);
};

test('desktops of all kinds go on after a demotion that leaves connections open', () =>
  undisturbed(async () => {
    // Redis waits five seconds for more replicas by default.
    const old = await startServer(['--repl-diskless-sync-delay', '0']);
    const next = await startServer();
    const address = fixture.keep(await startTcpProxy(old.port));
    const config = { ...old.redisConfig, redisPort: address.port };
    const relay = await fixture.startRelay(
      {},
      { env: { REDISHOST: '127.0.0.1', REDISPORT: String(address.port) } },
    );
    const conversation = uniqueConversation();
    const byName = await fixture.page(conversation, { relay, headers: { 'user-agent': 'Mozilla/5.0' } });
    const byCursor = await fixture.desktop({ relay });
    await byCursor.join({ conversation, after: '0' });
    const native = await fixture.nativeDesktop({ relay });
    await native.join(conversation, '0');
    const functionRedis = fixture.client(config);
    const log = createEventLog(functionRedis, HISTORY);
    const append = (messageId: string) =>
      appendUntilTaken(log, makeEvent(conversation, { messageId }), RECOVERY_MS);
    await append('1');
    await byName.received(1);

    await command(next, 'REPLICAOF', '127.0.0.1', String(old.port));
    const replica = fixture.client(next.redisConfig);
    await until(
      async () => (await replica.info('replication')).includes('master_link_status:up'),
      RECOVERY_MS,
    );
    await command(next, 'REPLICAOF', 'NO', 'ONE');
    // What is demoted follows nobody who would tell it of new events.
    await command(old, 'REPLICAOF', '127.0.0.1', '1');
    address.moveTo(next.port);
    const demotedAt = Date.now();

    await append('2');
    await until(() => byName.events.length === 2 && byCursor.events.length === 2, RECOVERY_MS);
    await until(() => native.of('event').length === 2, RECOVERY_MS);
    console.log(`\n# events came again ${Date.now() - demotedAt} ms after the demotion`);
    await until(async () => (await readiness(relay.url)).status === 200, RECOVERY_MS);
    const late = await fixture.page(conversation, { relay });
    await late.received(2);
    for (const page of [byName, byCursor, late]) assert.equal(page.messageIds(), ['1', '2']);
  }));

test('while Redis is read-only the relay is not ready, lets desktops in and says why', () =>
  undisturbed(async () => {
    const server = await startServer();
    const relay = await fixture.startRelay({}, server);
    const conversation = uniqueConversation();
    const log = createEventLog(fixture.client(server.redisConfig), HISTORY);
    await log.append(makeEvent(conversation, { messageId: '1' }));
    await command(server, 'REPLICAOF', '127.0.0.1', '1');
    await until(async () => (await readiness(relay.url)).status === 503, RECOVERY_MS);
    for (const argument of [conversation, { conversation, after: '0' }]) {
      const desktop = await fixture.desktop({ relay });
      assert.is((await desktop.join(argument))[0], true);
      await desktop.received(1);
    }
    const native = await fixture.nativeDesktop({ relay });
    assert.is((await native.join(conversation, '0')).type, 'joined');
    assert.match(relay.log(), '"fault":"read-only"');
    await command(server, 'REPLICAOF', 'NO', 'ONE');
    await until(async () => (await readiness(relay.url)).status === 200, RECOVERY_MS);
    assert.match(relay.log(), 'Redis takes writes again');
  }));

test.run();
