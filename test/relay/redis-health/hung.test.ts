// A Redis behind one address hangs, and another one takes over behind the same address.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createEventLog } from '../../../shared/stream/event-log.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { HISTORY } from '../../helpers/redis-fixture.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { openWatchers, readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';

/** How late an event may be, in milliseconds. */
const LATE_MS = 5_000;
const WAIT_MS = 30_000;

const fixture = new RelayFixture(test, { relays: 0 }, { server: false });

for (const awayMs of [0, 2_500, 7_000])
  test(`Redis replaced ${awayMs} ms after it hung: events come at most 5 s late`, () =>
    undisturbed(async () => {
      const old = await fixture.startRedis({ args: ['--repl-diskless-sync-delay', '0'] });
      const next = await fixture.startRedis();
      const address = fixture.keep(await startTcpProxy(old.port));
      const relay = await fixture.startRelay(
        {},
        { env: { REDISHOST: '127.0.0.1', REDISPORT: String(address.port) } },
      );
      const conversation = uniqueConversation();
      const watchers = await openWatchers(fixture, relay, conversation);
      await createEventLog(fixture.client(old.redisConfig), HISTORY).append(
        makeEvent(conversation, { messageId: '1' }),
      );
      await watchers.received(1, WAIT_MS);
      const replica = fixture.client(next.redisConfig);
      await replica.call('REPLICAOF', '127.0.0.1', String(old.port));
      await until(async () => (await replica.info('replication')).includes('master_link_status:up'));
      await replica.call('REPLICAOF', 'NO', 'ONE');
      // Its listening socket still takes connections, and nothing answers on them.
      old.process.kill('SIGSTOP');
      fixture.defer(() => old.process.kill('SIGCONT'));
      await sleep(awayMs);
      address.moveTo(next.port);
      const ms = watchers.received(2, WAIT_MS);
      await createEventLog(replica, HISTORY).append(makeEvent(conversation, { messageId: '2' }));
      console.log(`\n# the event came ${await ms} ms late`);
      assert.ok((await ms) < LATE_MS);
      await until(async () => (await readiness(relay.url)).status === 200, WAIT_MS, 'the relay is ready');
    }));

test.run();
