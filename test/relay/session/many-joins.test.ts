// A desktop that comes back to all its conversations at once is given them one after another.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import '../../helpers/patient-redis.ts';

const CONVERSATIONS = 50;
const EVENTS = 4;
const EVENT_BYTES = 50_000;
/** How long nothing gets through to the desktop, so that what is sent at once piles up. */
const PAUSE_MS = 500;

const fixture = relayFixture(test);
const conversations: ShortName[] = [];
const published: string[] = [];

test.before(async () => {
  for (let n = 0; n < CONVERSATIONS; n++) {
    const conversation = uniqueConversation();
    conversations.push(conversation);
    const data = { text: 'x'.repeat(EVENT_BYTES) };
    published.push(...(await fixture.publishAll(conversation, EVENTS, { data })));
  }
});

for (const withCursor of [true, false]) {
  test(`fifty ${withCursor ? 'cursor' : 'string'} joins at once are all replayed, once`, async () => {
    const valve = fixture.keep(await openValve(fixture.relay.port));
    const desktop = await fixture.desktop({ url: valve.url });
    let closes = 0;
    desktop.socket.on('disconnect', () => closes++);
    valve.shut();
    const answers = conversations.map((conversation) =>
      desktop.join(withCursor ? { conversation, after: '0' } : conversation),
    );
    await sleep(PAUSE_MS);
    valve.open();
    await until(() => closes > 0 || desktop.events.length >= published.length);
    assert.is(closes, 0);
    assert.equal(
      (await Promise.all(answers)).map(([isJoined]) => isJoined),
      Array(CONVERSATIONS).fill(true),
    );
    assert.equal(
      (await desktop.received(published.length)).map(({ message_id }) => message_id).sort(),
      published,
    );
  });
}

test('fifty joins at once on the native protocol are all replayed, once', async () => {
  const valve = fixture.keep(await openValve(fixture.relay.port));
  const desktop = await fixture.nativeDesktop({ url: valve.url });
  valve.shut();
  let closed: unknown;
  void desktop.closed.then((close) => {
    closed = close;
  });
  const answers = conversations.map((conversation) => desktop.join(conversation, '0').catch(() => undefined));
  await sleep(PAUSE_MS);
  valve.open();
  await until(() => closed !== undefined || desktop.events.length >= published.length);
  assert.is(closed, undefined);
  assert.equal(
    (await Promise.all(answers)).map((answer) => answer?.type),
    Array(CONVERSATIONS).fill('joined'),
  );
  await desktop.received(published.length);
  assert.equal(desktop.messageIds().sort(), published);
});

test.run();
