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
import '../../helpers/patient-redis.ts';

const HEARTBEAT_MS = 200;

const fixture = relayFixture(test, { limits: { socketIo: { heartbeatMs: HEARTBEAT_MS } } });
let proxy: TcpProxy;

test.before(async () => {
  proxy = fixture.keep(await startTcpProxy(fixture.relay.port));
});

/** What a test steers of a client's heartbeats. */
interface Heartbeats {
  /** How many the client has answered. */
  answered: number;
  /** From now on the client answers none. */
  isMute: boolean;
}

/** Stops the client's WebSocket from answering pings, and counts the heartbeats that the client answers. */
function swallowPings({ socket }: TestDesktop, heartbeats: Heartbeats): void {
  const engine = socket.io.engine as unknown as {
    transport: { ws: { pong(): void } };
  } & Record<string, unknown>;
  assert.type(engine.transport.ws.pong, 'function');
  engine.transport.ws.pong = () => {};
  // Its name in socket.io-client 4.8, and in 3.0.4.
  const name = '_sendPacket' in engine ? '_sendPacket' : 'sendPacket';
  const send = engine[name];
  if (typeof send !== 'function') throw new Error('the client sends its packets in another way');
  engine[name] = (type: string, ...rest: unknown[]) => {
    if (type === 'pong' && heartbeats.isMute) return;
    if (type === 'pong') heartbeats.answered++;
    send.call(engine, type, ...rest);
  };
}

/** A page that joins whenever it is connected, and answers no ping. */
async function openPage(
  conversation: ShortName,
  token: string,
  client: ClientVersion = '4.8',
): Promise<TestDesktop & { heartbeats: Heartbeats }> {
  const page = fixture.openPage(conversation, { url: `http://127.0.0.1:${proxy.port}`, token, client });
  const heartbeats = { answered: 0, isMute: false };
  page.socket.io.on('open', () => swallowPings(page, heartbeats));
  await until(() => page.answers.length > 0);
  return Object.assign(page, { heartbeats });
}

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`what two heartbeats stand behind is not sent again (socket.io-client ${client})`, async () => {
    const conversation = uniqueConversation();
    const page = await openPage(conversation, fixture.token(), client);
    await fixture.publishAll(conversation, ['1', '2']);
    await page.received(2);
    // The relay asks for the third when it has had the answers to two.
    const { heartbeats } = page;
    const before = heartbeats.answered;
    await until(() => heartbeats.answered >= before + 3);
    heartbeats.isMute = true;
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
