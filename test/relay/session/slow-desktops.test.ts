// A desktop that reads slowly is neither allowed to fill the relay's memory nor to lose anything.

import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import '../../helpers/patient-redis.ts';

const EVENT_BYTES = 64 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const fixture = relayFixture(test);

/** Bytes that are still reachable: what the collector has not got round to says nothing about what is kept. */
function memoryInUse(): number {
  collectGarbage();
  const { external, heapUsed } = process.memoryUsage();
  return external + heapUsed;
}

const publish = (conversation: ShortName, count: number) =>
  fixture.publishAll(conversation, count, { data: { text: 'x'.repeat(EVENT_BYTES) } });

for (const withCursor of [true, false]) {
  test(`a desktop that stops reading is closed, then resumes by ${withCursor ? 'cursor' : 'name'}`, async () => {
    const conversation = uniqueConversation();
    const valve = fixture.keep(await openValve(fixture.relay.port));
    const desktop = fixture.openDesktop({ url: valve.url });
    let closes = 0;
    desktop.socket.on('disconnect', () => closes++);
    desktop.socket.on('connect', () => {
      const after = desktop.events.at(-1)?.cursor ?? '0';
      void desktop.join(withCursor ? { conversation, after } : conversation);
    });
    await desktop.connected();
    const first = await publish(conversation, 2);
    await desktop.received(2);

    valve.shut();
    const rest = await publish(conversation, 200); // 12 MiB: far beyond what the relay and the kernel keep
    await sleep(200);
    valve.open();
    await until(() => new Set(desktop.messageIds()).size === 202);
    assert.ok(closes >= 1, 'it was closed for being slow');
    assert.equal([...new Set(desktop.messageIds())], [...first, ...rest]);
    if (withCursor) assert.is(desktop.events.length, 202, 'nothing came twice');
  });
}

test('a long replay waits for the desktop between its pages', async () => {
  const conversation = uniqueConversation();
  const ids = await publish(conversation, 300); // 19 MiB
  const valve = fixture.keep(await openValve(fixture.relay.port));
  const desktop = await fixture.desktop({ url: valve.url });
  let closes = 0;
  desktop.socket.on('disconnect', () => closes++);
  const joined = desktop.join({ conversation, after: '0' });
  await until(() => valve.passed() > 1024 * 1024);
  valve.shut();
  await sleep(300);
  const before = memoryInUse();
  await sleep(500);
  const grown = memoryInUse() - before;
  assert.ok(grown < 8 * 1024 * 1024, `memory grew by ${grown} bytes while nobody read`);
  valve.open();
  await until(() => desktop.events.length >= 300);
  assert.is((await joined)[0], true);
  assert.equal(desktop.messageIds(), ids);
  assert.is(closes, 0, 'a replay does not count as being slow');
});

test.run();
