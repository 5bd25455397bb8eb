// Desktops behind something that swallows WebSocket pings: what they have received is known by Socket.IO's heartbeats.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { CLIENTS, type ClientVersion, type TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';

const HEARTBEAT_MS = 200;

const fixture = relayFixture(test, { limits: { socketIo: { heartbeatMs: HEARTBEAT_MS } } });
let proxy: TcpProxy;

test.before(async () => {
  proxy = fixture.keep(await startTcpProxy(fixture.relay.port));
});

/** Stops the client's WebSocket from answering pings. */
function swallowPings({ socket }: TestDesktop): void {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { pong(): void } } };
  assert.type(transport.ws.pong, 'function');
  transport.ws.pong = () => {};
}

/** A page that joins whenever it is connected, and answers no ping. */
async function openPage(
  conversation: ShortName,
  token: string,
  client: ClientVersion = '4.8',
): Promise<TestDesktop> {
  const page = fixture.openPage(conversation, { url: `http://127.0.0.1:${proxy.port}`, token, client });
  page.socket.io.on('open', () => swallowPings(page));
  await until(() => page.answers.length > 0);
  return page;
}

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`what two heartbeats stand behind is not sent again (socket.io-client ${client})`, async () => {
    const conversation = uniqueConversation();
    const page = await openPage(conversation, fixture.token(), client);
    await fixture.publishAll(conversation, ['1', '2']);
    await page.received(2);
    await sleep(3 * HEARTBEAT_MS);
    await fixture.publish(conversation, { messageId: '3' });
    await page.received(3);
    proxy.cut();
    await fixture.publish(conversation, { messageId: '4' });
    await until(() => page.messageIds().includes('4'));
    await sleep(100); // for what should not come
    assert.equal(page.messageIds(), ['1', '2', '3', '3', '4']);
  });
}

test('two tabs do not cut each other off', async () => {
  const conversation = uniqueConversation();
  const token = fixture.token();
  const first = await openPage(conversation, token);
  await fixture.publish(conversation, { messageId: '1' });
  await first.received(1);
  const { id } = first.socket;
  const second = await openPage(conversation, token);
  await second.received(1);
  await sleep(1_500); // several heartbeats
  assert.is(first.socket.id, id);
  await fixture.publish(conversation, { messageId: '2' });
  for (const page of [first, second]) {
    await page.received(2);
    assert.equal(page.messageIds(), ['1', '2']);
  }
});

test.run();
