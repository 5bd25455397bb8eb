// A Redis that takes no writes or does not answer for a moment, or is far away: desktops join, and all recovers by itself.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openDistantPort } from '../../helpers/latency.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin } from '../admin/admin-requests.ts';
import { openWatchers, readiness } from './watchers.ts';
import '../../helpers/patient-connect.ts';

/** How long all may take to be as before once Redis is, in milliseconds. */
const RECOVERY_MS = 60_000;
const PAUSE_MS = 6_000;
const LONG_PAUSE_MS = 10 * 60_000;

const fixture = new RelayFixture(
  test,
  { adminToken },
  { server: { args: ['--enable-debug-command', 'yes'] } },
);

/** Over a connection of its own, which does not send the command again when it has had no answer. */
async function command([name, ...parts]: readonly [string, ...(string | number)[]]): Promise<void> {
  const redis = fixture.client(fixture.server.redisConfig, { retryStrategy: () => null });
  await redis.connect();
  const answer = redis.call(name, ...parts).catch(() => {});
  // DEBUG SLEEP answers when it is over.
  await Promise.race([answer, sleep(50)]);
}

test('while writes are paused desktops of all kinds join and get what the log holds', async () => {
  const conversation = uniqueConversation();
  const watchers = await openWatchers(fixture, fixture.relay, conversation);
  await fixture.publish(conversation, { messageId: '1' });
  await watchers.received(1, RECOVERY_MS);
  // Until the test ends the pause.
  await command(['CLIENT', 'PAUSE', LONG_PAUSE_MS, 'WRITE']);
  fixture.defer(() => command(['CLIENT', 'UNPAUSE']));
  const endsAt = Date.now() + PAUSE_MS - 1_000;
  // A revocation is not promised before Redis has it.
  assert.is((await asAdmin(fixture.relay, 'revoke', { sub: 'test:nobody' })).status, 503);
  const took: number[] = [];
  while (Date.now() < endsAt) {
    const startedAt = Date.now();
    const late = await openWatchers(fixture, fixture.relay, conversation);
    await late.received(1, RECOVERY_MS);
    took.push(Date.now() - startedAt);
    await sleep(500);
  }
  console.log(`\n# ${3 * took.length} joins, the slowest three in ${Math.max(...took)} ms`);
  const isNoticed = async () => (await readiness(fixture.relay.url)).redis !== undefined;
  await until(isNoticed, RECOVERY_MS, '/ready says so');
  const { status, redis } = await readiness(fixture.relay.url);
  assert.equal([status, redis], [200, 'takes no writes: other']);
  await command(['CLIENT', 'UNPAUSE']);
  await fixture.publish(conversation, { messageId: '2' });
  await watchers.received(2, RECOVERY_MS);
  await until(
    async () => (await readiness(fixture.relay.url)).redis === undefined,
    RECOVERY_MS,
    'it is ready',
  );
});

for (const [what, parts] of [
  ['is paused', ['CLIENT', 'PAUSE', PAUSE_MS, 'ALL']],
  ['sleeps', ['DEBUG', 'SLEEP', PAUSE_MS / 1000]],
] as const) {
  test(`while Redis ${what} joins wait or are refused with a reason, and all recovers`, () =>
    undisturbed(async () => {
      const conversation = uniqueConversation();
      const watchers = await openWatchers(fixture, fixture.relay, conversation);
      await fixture.publish(conversation, { messageId: '1' });
      await watchers.received(1, RECOVERY_MS);
      const native = await fixture.nativeDesktop();
      const [byName, byCursor] = [await fixture.desktop(), await fixture.desktop()];
      await command(parts);
      const endsAt = Date.now() + PAUSE_MS;
      const joining = byName.join(conversation);
      const [withCursor, onNative] = await Promise.all([
        byCursor.join({ conversation, after: '0' }),
        native.join(conversation, '0'),
      ]);
      assert.equal(withCursor, [false, 'the conversation cannot be read right now: try again']);
      assert.is(onNative.type === 'error' && onNative.code, 'unavailable');
      assert.is((await readiness(fixture.relay.url)).status, 503);
      await sleep(endsAt - Date.now());
      const isIn = Promise.race([joining, sleep(RECOVERY_MS, ['no answer'])]);
      assert.is((await isIn)[0], true);
      await byName.received(1);
      await fixture.publish(conversation, { messageId: '2' });
      await watchers.received(2, RECOVERY_MS);
      const late = await openWatchers(fixture, fixture.relay, conversation);
      await late.received(2, RECOVERY_MS);
      await until(
        async () => (await readiness(fixture.relay.url)).status === 200,
        RECOVERY_MS,
        'the relay is ready',
      );
      console.log(`\n# all as before ${Date.now() - endsAt} ms after Redis`);
    }));
}

test('with a Redis 200 ms away desktops of all kinds join and get what comes', async () => {
  const distant = fixture.keep(await openDistantPort(fixture.server.port, 200));
  const relay = await fixture.startRelay(
    {},
    { env: { REDISHOST: '127.0.0.1', REDISPORT: String(distant.port) } },
  );
  const conversation = uniqueConversation();
  const startedAt = Date.now();
  const watchers = await openWatchers(fixture, relay, conversation);
  console.log(`\n# three joins in ${Date.now() - startedAt} ms`);
  await fixture.publish(conversation, { messageId: '1' });
  await watchers.received(1, RECOVERY_MS);
  assert.is((await readiness(relay.url)).status, 200);
});

test('with Redis 200 ms away 50 joins of each desktop are through in seconds', () =>
  undisturbed(async () => {
    const distant = fixture.keep(await openDistantPort(fixture.server.port, 200));
    const env = { REDISHOST: '127.0.0.1', REDISPORT: String(distant.port) };
    const relay = await fixture.startRelay({ settings: { LOG_LEVEL: 'error' } }, { env });
    const conversations = Array.from({ length: 50 }, () => uniqueConversation());
    for (const conversation of conversations) await fixture.publish(conversation);
    const desktops = await Promise.all(Array.from({ length: 5 }, () => fixture.desktop({ relay })));
    const startedAt = Date.now();
    const took: number[] = [];
    const joins = desktops.flatMap((desktop) =>
      conversations.map(async (conversation) => {
        assert.is((await desktop.join(conversation))[0], true);
        took.push(Date.now() - startedAt);
      }),
    );
    await Promise.all(joins);
    const [median, longest] = [took[took.length / 2] ?? 0, took.at(-1) ?? 0];
    console.log(`\n# ${took.length} joins, median ${median} ms, longest ${longest} ms`);
    // One after another, fifty replays alone took fifty round trips.
    assert.ok(longest < 50 * 200, `the longest join took ${longest} ms`);
  }));

test.run();
