import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RotatingKeys, watchKeys } from '../../../relay/auth/key-ring.ts';
import { signingKey } from '../../../relay/auth/signing-key.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { createRedis, type Redis } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { CLIENTS, type ClientVersion, TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';

const MINUTE = 60_000;
const KEY = signingKey(randomBytes(48).toString('base64'));

let redis: TestRedis;
let commands: Redis;
let log: EventLog;
/** What the relays take for the time; every test begins at the real one. */
let clock = Date.now();
const open: { close(): unknown }[] = [];

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 1000, historyTtlSeconds: 3600 });
});
test.before.each(() => {
  clock = Date.now();
});
test.after.each(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});
test.after(async () => {
  commands.disconnect();
  await redis.stop();
});

type StartOptions = Parameters<typeof startTestRelay>[2];

async function startRelay(env: Record<string, string> = {}, deps: StartOptions = {}): Promise<TestRelay> {
  const relay = await startTestRelay(redis, env, { now: () => clock, keyRing: () => [KEY], ...deps });
  open.push(relay);
  return relay;
}

/** A page as existing desktops are: one token for good, and a join whenever it is connected. */
async function openPage(
  url: string,
  token: string,
  conversation: unknown,
  client: ClientVersion = '4.8',
): Promise<TestDesktop & { answers: unknown[][] }> {
  const page = Object.assign(new TestDesktop(url, token, { client }), { answers: [] as unknown[][] });
  open.push(page);
  page.socket.on('connect', () => void page.join(conversation).then((answer) => page.answers.push(answer)));
  await until(() => page.answers.length > 0);
  return page;
}

async function publish(conversation: ShortName, ...ids: string[]): Promise<void> {
  for (const messageId of ids) await log.append(makeEvent(conversation, { messageId }));
}

/** Until a page has been closed for the age of its connection, and has joined again. */
async function closedAndBack(page: TestDesktop & { answers: unknown[][] }): Promise<void> {
  const joins = page.answers.length;
  await until(() => page.answers.length > joins, 15_000);
}

const has = (page: TestDesktop, id: string) => until(() => page.messageIds().includes(id));
const seen = (page: TestDesktop) => [...new Set(page.messageIds())];
const upTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`a call of 70 minutes on a token of 60 misses nothing, through closes for age and the expiry (socket.io-client ${client})`, async () => {
    // The age runs on the real clock: a connection is closed every few seconds.
    const relay = await startRelay({}, { connectionAge: { ageMs: 150, jitterMs: 100 } });
    const conversation = uniqueConversation();
    const page = await openPage(relay.url, relay.tokens.issue('test:agent', ''), conversation, client);
    for (let minute = 1; minute <= 70; minute++) {
      await publish(conversation, String(minute));
      clock += MINUTE;
      // Closed for its age before the expiry, right after it, and once more.
      if (minute === 55 || minute === 61 || minute === 69) await closedAndBack(page);
    }
    await has(page, '70');
    assert.equal(seen(page), upTo(70), 'nothing is missed, and first sights are in order');
    for (const answer of page.answers) assert.equal(answer, [true, conversation]);
  });
}

for (const [name, argument, env] of [
  ['with a cursor', (conversation: string) => ({ conversation, after: '0' }), {}],
  ['with REPLAY_ON_JOIN=none', (conversation: string) => conversation, { REPLAY_ON_JOIN: 'none' }],
  ['with REPLAY_ON_JOIN=all', (conversation: string) => conversation, { REPLAY_ON_JOIN: 'all' }],
] as const) {
  test(`an expired token comes back to its conversation on another relay (${name})`, async () => {
    const relays = [await startRelay(env), await startRelay(env)] as const;
    const conversation = uniqueConversation();
    const token = relays[0].tokens.issue('test:agent', '');
    const page = await openPage(relays[0].url, token, argument(conversation));
    page.close();
    clock += 61 * MINUTE;
    const back = await openPage(relays[1].url, token, argument(conversation));
    assert.equal(back.answers[0]?.slice(0, 2), [true, conversation]);
    await publish(conversation, '1');
    await has(back, '1');
  });
}

test('an open socket whose token expires keeps what it has joined and joins nothing new', async () => {
  const relay = await startRelay();
  const [joined, other] = [uniqueConversation(), uniqueConversation()];
  const page = await openPage(relay.url, relay.tokens.issue('test:agent', ''), joined);
  clock += 61 * MINUTE;
  assert.equal(await page.join(other), [false, 'the token has expired: register again to join another']);
  assert.equal(await page.join({ conversation: other }), [
    false,
    'the token has expired: register again to join another',
  ]);
  await publish(other, 'not for it');
  await publish(joined, '1');
  await page.received(1);
  assert.equal(page.messageIds(), ['1']);
  const answer = await fetch(`${relay.url}/conversation-name?conversationIntegrationKey=k`, {
    headers: { authorization: (page.socket.auth as { token: string }).token },
  });
  assert.equal([answer.status, await answer.json()], [401, { message: 'Your token has expired.' }]);
});

test('an expired token does not come back to a finished conversation', async () => {
  const relay = await startRelay();
  const conversation = uniqueConversation();
  const token = relay.tokens.issue('test:agent', '');
  (await openPage(relay.url, token, conversation)).close();
  await log.append(
    makeEvent(conversation, {
      kind: 'conversation-lifecycle-event',
      data: { type: 'CONVERSATION_FINISHED' },
    }),
  );
  clock += 61 * MINUTE;
  const back = await openPage(relay.url, token, conversation);
  assert.equal(back.answers[0], [
    false,
    'the token has expired and the conversation is finished: register again',
  ]);
});

async function isRefused(page: TestDesktop): Promise<string> {
  open.push(page);
  page.socket.io.reconnection(false);
  try {
    await page.connected();
    return 'connected';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

test('after SESSION_MAX_SECONDS, and with 0 after its expiry, a token opens no connection', async () => {
  const [relay, strict] = [await startRelay(), await startRelay({ SESSION_MAX_SECONDS: '0' })];
  const token = relay.tokens.issue('test:agent', '');
  clock += 61 * MINUTE;
  assert.is(await isRefused(new TestDesktop(strict.url, token)), 'authentication failed');
  assert.is(await isRefused(new TestDesktop(relay.url, token)), 'connected');
  clock += 11 * 60 * MINUTE;
  assert.is(await isRefused(new TestDesktop(relay.url, token)), 'authentication failed');
});

test('a connection ends with its session', async () => {
  const relay = await startTestRelay(redis, { JWT_LIFETIME_SECONDS: '1', SESSION_MAX_SECONDS: '2' });
  open.push(relay);
  const page = await openPage(relay.url, relay.tokens.issue('test:agent', ''), uniqueConversation());
  page.socket.io.reconnection(false);
  await sleep(1_100);
  assert.ok(page.socket.connected, 'the token has expired, the session has not ended');
  await until(() => !page.socket.connected);
});

test('a laptop that sleeps for ten minutes over the expiry gets all it missed', async () => {
  const relay = await startRelay();
  const proxy = await startTcpProxy(relay.port);
  open.push(proxy);
  const conversation = uniqueConversation();
  const url = `http://127.0.0.1:${proxy.port}`;
  const page = await openPage(url, relay.tokens.issue('test:agent', ''), conversation);
  await publish(conversation, '1', '2');
  await page.received(2);
  clock += 55 * MINUTE;
  proxy.stall(); // asleep: the connection is half open, and nobody has noticed
  await publish(conversation, '3', '4');
  clock += 10 * MINUTE;
  page.socket.io.engine.close(); // awake: the browser finds its connection dead
  await has(page, '4');
  assert.equal(seen(page), upTo(4));
});

test('a call that is handed to another agent is whole for the second, and the first loses nothing until it leaves', async () => {
  const relays = [await startRelay(), await startRelay()] as const;
  const conversation = uniqueConversation();
  const first = await openPage(relays[0].url, relays[0].tokens.issue('test:first', ''), conversation);
  await publish(conversation, '1', '2');
  await first.received(2);
  const second = await openPage(relays[1].url, relays[1].tokens.issue('test:second', ''), conversation);
  await publish(conversation, '3');
  await has(first, '3');
  await first.ask('leave-conversation', conversation);
  first.close();
  await publish(conversation, '4', '5');
  await has(second, '5');
  assert.equal(second.messageIds(), upTo(5));
  assert.equal(first.messageIds(), upTo(3));
});

test('a key is rotated under 100 desktops: nobody is thrown out, and all may come back', async () => {
  const next = signingKey(randomBytes(48).toString('base64'));
  let held = KEY;
  const keys: RotatingKeys = await watchKeys({
    source: { read: async () => [held] },
    graceMs: 60 * MINUTE,
    logger: quietLogger,
    pollMs: 1_000_000,
    now: () => clock,
  });
  open.push(keys);
  const relay = await startRelay({}, { keyRing: keys.ring });
  const conversation = uniqueConversation();
  const issue = (index: number) => relay.tokens.issue(`test:${index}`, '');
  const pages = await Promise.all(
    Array.from({ length: 100 }, (_, index) => openPage(relay.url, issue(index), conversation)),
  );
  let disconnects = 0;
  for (const page of pages) page.socket.on('disconnect', () => disconnects++);
  held = next;
  await keys.check();
  clock += 2_000_000;
  await keys.check();
  assert.is(keys.ring()[0].kid, next.kid, 'the new key signs');
  await publish(conversation, '1');
  for (const page of pages) await has(page, '1');
  assert.is(disconnects, 0);
  for (const page of pages) page.socket.io.engine.close();
  await until(() => pages.every((page) => page.answers.length === 2), 15_000);
  for (const page of pages) assert.equal(page.answers[1], [true, conversation]);
  const late = await openPage(relay.url, issue(100), conversation);
  assert.equal(late.messageIds().slice(0, 1), ['1']);
});

test.run();
