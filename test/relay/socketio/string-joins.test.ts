// Where a page that joins by name goes on, by what its client tells. Real clients, two relays and a proxy that cuts.
import type { EventEmitter } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import { startTcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';
import { BROWSER, CutFixture } from './cut-fixture.ts';

const fixture = new CutFixture(test);

test('a browser that is cut again and again is sent every event once', async () => {
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, { headers: BROWSER });
  for (let round = 0; round < 20; round++) {
    await fixture.publish(conversation, { messageId: `${2 * round}` });
    await page.received(round * 2 + 1);
    await fixture.cutAndPublish(page, conversation, `${2 * round + 1}`);
  }
  assert.equal(
    page.messageIds(),
    Array.from({ length: 40 }, (_, index) => String(index)),
  );
});

test('a browser with several conversations is sent every event of each once', async () => {
  const conversations = Array.from({ length: 5 }, uniqueConversation);
  const page = fixture.openDesktop({
    url: `http://127.0.0.1:${fixture.proxy.port}`,
    token: fixture.token(),
    headers: BROWSER,
  });
  page.socket.on('connect', () => {
    for (const conversation of conversations) void page.join(conversation);
  });
  let count = 0;
  for (let round = 0; round < 6; round++) {
    for (const conversation of conversations)
      await fixture.publish(conversation, { messageId: String(count++) });
    fixture.proxy.cut();
    for (const conversation of conversations)
      await fixture.publish(conversation, { messageId: String(count++) });
    await until(() => page.events.length >= count);
  }
  await page.received(count);
  assert.is(new Set(page.messageIds()).size, count);
  assert.is(page.events.length, count);
});

test('a browser that comes back with a new token to another relay goes on where it was', async () => {
  const conversation = uniqueConversation();
  const moving = fixture.keep(await startTcpProxy(fixture.relay.port));
  const page = fixture.openDesktop({
    url: `http://127.0.0.1:${moving.port}`,
    auth: ((answer: (auth: object) => void) => answer({ token: fixture.token() })) as never,
    headers: BROWSER,
  });
  page.socket.on('connect', () => void page.join(conversation));
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  moving.moveTo(fixture.otherRelay.port);
  moving.cut();
  await fixture.publish(conversation, { messageId: '2' });
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '2']);
});

test('a page that leaves and joins again gets the conversation, also after a cut', async () => {
  for (const headers of [BROWSER, {}]) {
    const conversation = uniqueConversation();
    const page = await fixture.cuttablePage(conversation, { headers });
    await fixture.publishAll(conversation, ['1', '2']);
    await page.received(2);
    await page.ask('leave-conversation', conversation);
    await page.join(conversation);
    await page.received(4);
    assert.equal(page.messageIds(), ['1', '2', '1', '2']);
    await page.ask('leave-conversation', conversation);
    fixture.proxy.cut();
    await page.received(6);
    assert.equal(page.messageIds(), ['1', '2', '1', '2', '1', '2']);
  }
});

test('a leave that was buffered while offline ends the place', async () => {
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, { headers: BROWSER });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  fixture.proxy.cut();
  await until(() => !page.socket.connected);
  page.socket.emit('leave-conversation', conversation);
  await page.received(4);
  assert.equal(page.messageIds(), ['1', '2', '1', '2']);
});

for (const hasTwin of [false, true]) {
  const place = hasTwin ? 'beside another page' : 'alone';
  test(`leaving before the first join repeats nothing, ${place}`, async () => {
    const conversation = uniqueConversation();
    const token = fixture.token();
    if (hasTwin) await fixture.page(conversation, { token, headers: BROWSER });
    const page = fixture.openPage(conversation, {
      url: `http://127.0.0.1:${fixture.proxy.port}`,
      token,
      headers: BROWSER,
    });
    page.socket.emit('leave-conversation', conversation, () => {});
    await until(() => page.answers.length > 0);
    await fixture.publish(conversation, { messageId: '1' });
    await page.received(1);
    await fixture.cutAndPublish(page, conversation, '2');
    assert.equal(page.messageIds(), ['1', '2']);
  });
}

test('disconnect and connect on one Socket go on where it was', async () => {
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, { headers: BROWSER });
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  page.socket.disconnect();
  await fixture.publish(conversation, { messageId: '2' });
  page.socket.connect();
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '2']);
});

test('a new page of the token gets the conversation, and the first is not cut', async () => {
  for (const relay of fixture.relays) {
    const conversation = uniqueConversation();
    const token = fixture.token();
    const first = await fixture.cuttablePage(conversation, { token, headers: BROWSER });
    await fixture.publishAll(conversation, ['1', '2']);
    await first.received(2);
    const { id } = first.socket;
    const second = await fixture.cuttablePage(conversation, { token, headers: BROWSER, url: relay.url });
    await fixture.publish(conversation, { messageId: '3' });
    for (const page of [first, second]) await page.received(3);
    for (const page of [first, second]) assert.equal(page.messageIds(), ['1', '2', '3']);
    assert.is(first.socket.id, id);
  }
});

test('a half-open connection is closed when its page is back on any relay', async () => {
  for (const relay of fixture.relays) {
    const conversation = uniqueConversation();
    const moving = fixture.keep(await startTcpProxy(fixture.relay.port));
    const page = await fixture.cuttablePage(conversation, {
      headers: BROWSER,
      url: `http://127.0.0.1:${moving.port}`,
    });
    await fixture.publish(conversation, { messageId: '1' });
    await page.received(1);
    moving.stall();
    moving.moveTo(relay.port);
    page.socket.io.engine.close();
    await fixture.publish(conversation, { messageId: '2' });
    await page.received(2);
    assert.equal(page.messageIds(), ['1', '2']);
    await until(() => moving.open() === 1);
  }
});

test('another subject on the same Socket starts at the beginning, and that is audited', async () => {
  const conversation = uniqueConversation();
  let token = fixture.token('test:ann');
  const page = fixture.openDesktop({
    auth: ((answer: (auth: object) => void) => answer({ token })) as never,
    headers: BROWSER,
  });
  page.socket.on('connect', () => void page.join(conversation));
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  page.socket.disconnect();
  token = fixture.token('test:bob');
  page.socket.connect();
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '1']);
  assert.match(fixture.relay.log(), '"refused":"resume"');
});

test('long polling resumes', async () => {
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, { transports: ['polling'], headers: BROWSER });
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  page.socket.io.engine.close();
  await fixture.publish(conversation, { messageId: '2' });
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '2']);
});

test('REPLAY_ON_JOIN=all always gives the conversation so far', async () => {
  const relay = await fixture.startRelay({ settings: { REPLAY_ON_JOIN: 'all' } });
  const own = fixture.keep(await startTcpProxy(relay.port));
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, {
    url: `http://127.0.0.1:${own.port}`,
    token: relay.token,
  });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  own.cut();
  await page.received(4);
  assert.equal(page.messageIds(), ['1', '2', '1', '2']);
});

test('SOCKET_IO_OFFSETS=off sends no offset; the page resumes as confirmed', async () => {
  const relay = await fixture.startRelay({ settings: { SOCKET_IO_OFFSETS: 'off' } });
  const own = fixture.keep(await startTcpProxy(relay.port));
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, {
    url: `http://127.0.0.1:${own.port}`,
    token: relay.token,
    headers: BROWSER,
  });
  const counts: number[] = [];
  page.socket.on('new-message-event', (...values) => void counts.push(values.length));
  await fixture.publish(conversation, { messageId: '1' });
  await page.received(1);
  await fixture.confirmed(conversation);
  own.cut();
  await fixture.publish(conversation, { messageId: '2' });
  await page.received(2);
  assert.equal(page.messageIds(), ['1', '2']);
  assert.equal(counts, [1, 1]);
});

test('a relay that shuts down writes where its pages are', async () => {
  const leaving = await fixture.startRelay();
  const moving = fixture.keep(await startTcpProxy(leaving.port));
  const conversation = uniqueConversation();
  const page = await fixture.cuttablePage(conversation, { url: `http://127.0.0.1:${moving.port}` });
  const { ws } = page.socket.io.engine.transport as unknown as { ws: EventEmitter };
  let [hasBoth, isMarked] = [false, false];
  ws.on('message', (frame: unknown) => {
    hasBoth ||= String(frame).includes('"message_id":"2"');
  });
  ws.on('ping', () => {
    isMarked ||= hasBoth;
  });
  await fixture.publishAll(conversation, ['1', '2']);
  await page.received(2);
  await until(() => isMarked);
  await page.ask('leave-conversation', uniqueConversation()); // comes to the relay behind the answer to the ping
  moving.moveTo(fixture.otherRelay.port);
  await leaving.close();
  await fixture.publish(conversation, { messageId: '3' });
  await page.received(3);
  assert.equal(page.messageIds(), ['1', '2', '3']);
});

test.run();
