import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { placesKey } from '../../../shared/keys.ts';
import { CLIENTS, type ClientVersion, type TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';

const fixture = relayFixture(test, { relays: 2 });
let proxy: TcpProxy;

test.before.each(async () => {
  proxy = fixture.keep(await startTcpProxy(fixture.relay.port));
});

/** A page whose connection goes through the proxy. */
const openPage = (conversation: ShortName, options: Parameters<typeof fixture.page>[1] = {}) =>
  fixture.page(conversation, { url: `http://127.0.0.1:${proxy.port}`, token: fixture.token(), ...options });

/** Until the relay has written in Redis that a page of this token has confirmed the top of the log. */
async function confirmed(conversation: ShortName, token: string): Promise<void> {
  const tokenId = fixture.relay.tokens.verify(token);
  const key = placesKey(conversation, tokenId.valid ? tokenId.claims.tokenId : '');
  const { top } = await fixture.log.read(conversation, 0, 0);
  await until(async () => (await fixture.redis.hvals(key)).some((value) => value.endsWith(`.${top.tag}`)));
}

/** Publishes two messages and waits until the page has received and confirmed them. */
async function confirmTwo(page: TestDesktop, conversation: ShortName, token: string): Promise<void> {
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  await confirmed(conversation, token);
}

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`a page whose connection is cut goes on where it was (socket.io-client ${client})`, async () => {
    const conversation = uniqueConversation();
    await fixture.publishAll(conversation, ['1', '2']);
    const token = fixture.token();
    const page = await openPage(conversation, { client, token });
    await fixture.publish(conversation, { messageId: '3' });
    await page.received(3);
    await confirmed(conversation, token);
    proxy.cut();
    await fixture.publishAll(conversation, ['4', '5']);
    await page.received(5);
    assert.equal(page.messageIds(), ['1', '2', '3', '4', '5']);
  });
}

test('a page that is cut at once sees again at most what it had not confirmed', async () => {
  const conversation = uniqueConversation();
  const page = await openPage(conversation);
  for (let round = 0; round < 20; round++) {
    await fixture.publish(conversation, { messageId: `${2 * round}` });
    proxy.cut();
    await fixture.publish(conversation, { messageId: `${2 * round + 1}` });
    await until(() => page.messageIds().includes(`${2 * round + 1}`));
    await sleep(50); // what has come is confirmed by now, though not yet written
  }
  const ids = page.messageIds();
  const expected = Array.from({ length: 40 }, (_, index) => String(index));
  assert.equal([...new Set(ids)], expected, 'nothing is lost, and first sights are in order');
  assert.ok(ids.length <= 80, `${ids.length} deliveries of 40 events`);
});

test('a page that moves to another relay goes on where it was', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await openPage(conversation, { token });
  await confirmTwo(page, conversation, token);
  page.socket.io.reconnection(false);
  proxy.cut();
  await until(() => !page.socket.connected);
  await fixture.publish(conversation, { messageId: '3' });
  const moved = await openPage(conversation, { token, url: fixture.otherRelay.url });
  await moved.received(1);
  assert.equal(moved.messageIds(), ['3']);
});

for (const [way, leave] of [
  ['disconnects', (page: TestDesktop) => page.socket.disconnect()],
  ['closes its WebSocket', (page: TestDesktop) => page.socket.io.engine.close()],
] as const) {
  test(`a page that ${way} is gone, and the next one gets the conversation so far`, async () => {
    const conversation = uniqueConversation();
    const token = fixture.token();
    const page = await openPage(conversation, { token });
    await confirmTwo(page, conversation, token);
    page.socket.io.reconnection(false);
    leave(page);
    await until(async () => (await fixture.redis.keys(`*${conversation}*places*`)).length === 0);
    const next = await openPage(conversation, { token });
    await next.received(2);
    assert.equal(next.messageIds(), ['1', '2']);
  });
}

test('a page that leaves and joins again gets the conversation so far', async () => {
  const conversation = uniqueConversation();
  const page = await openPage(conversation);
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  await page.ask('leave-conversation', conversation);
  await page.join(conversation);
  await page.received(4);
  assert.equal(page.messageIds(), ['1', '2', '1', '2']);
});

for (const relay of [0, 1] as const) {
  test(`a second tab with the same token, on ${relay === 0 ? 'the same' : 'another'} relay, gets the conversation so far and the first goes on`, async () => {
    const conversation = uniqueConversation();
    const token = fixture.token();
    const first = await openPage(conversation, { token });
    await confirmTwo(first, conversation, token);
    const second = await openPage(conversation, { token, url: fixture.relays[relay]?.url });
    await fixture.publish(conversation, { messageId: '3' });
    await second.received(3);
    await first.received(3);
    assert.equal(second.messageIds(), ['1', '2', '3']);
    assert.equal(first.messageIds(), ['1', '2', '3']);
  });
}

test('a half-open connection is found out, closed, and its place taken', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await openPage(conversation, { token });
  await confirmTwo(page, conversation, token);
  page.socket.io.reconnection(false);
  proxy.stall();
  await fixture.publish(conversation, { messageId: '3' });
  const back = await openPage(conversation, { token, url: fixture.otherRelay.url });
  await back.received(1);
  assert.equal(back.messageIds(), ['3']);
  assert.is((await fixture.redis.keys(`*${conversation}*places*`)).length, 1);
  assert.is(await fixture.redis.hlen((await fixture.redis.keys(`*${conversation}*places*`))[0] ?? ''), 1);
});

test('two tabs of one token that break at different places both lose nothing', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const fast = await openPage(conversation, { token });
  await fixture.publish(conversation, { messageId: '1' });
  await fast.received(1);
  const slow = await openPage(conversation, { token });
  await fixture.publish(conversation, { messageId: '2' });
  for (const page of [fast, slow]) await page.received(2);
  await confirmed(conversation, token);
  proxy.cut();
  await fixture.publish(conversation, { messageId: '3' });
  for (const page of [fast, slow]) {
    await until(() => page.messageIds().includes('3'));
    assert.equal([...new Set(page.messageIds())], ['1', '2', '3']);
  }
});

test('long polling resumes too: what was handed over counts as received', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await openPage(conversation, { token, transports: ['polling'] });
  await confirmTwo(page, conversation, token);
  assert.equal(page.messageIds(), ['1', '2']);
});

test('REPLAY_ON_JOIN=all always gives the conversation so far', async () => {
  const relay = await fixture.startRelay({ settings: { REPLAY_ON_JOIN: 'all' } });
  const own = fixture.keep(await startTcpProxy(relay.port));
  const conversation = uniqueConversation();
  const page = await openPage(conversation, { url: `http://127.0.0.1:${own.port}`, token: relay.token });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  own.cut();
  await page.received(4);
  assert.equal(page.messageIds(), ['1', '2', '1', '2']);
});

test('a relay that shuts down parks the places of its desktops', async () => {
  const leaving = await fixture.startRelay();
  const conversation = uniqueConversation();
  const token = fixture.token();
  const page = await openPage(conversation, { url: leaving.url, token });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  page.socket.io.reconnection(false);
  await sleep(100);
  await leaving.close();
  await fixture.publish(conversation, { messageId: '3' });
  const moved = await openPage(conversation, { token, url: fixture.otherRelay.url });
  await moved.received(1);
  assert.equal(moved.messageIds(), ['3']);
});

test.run();
