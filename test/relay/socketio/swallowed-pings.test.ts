// Desktops behind something that swallows WebSocket pings: what they have received is known by Socket.IO's heartbeats.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { createRedis, type RedisNode } from '../../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../../shared/stream/event-log.ts';
import { CLIENTS, type ClientVersion, TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { startTestRedis, type TestRedis, uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../../helpers/relay.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';

const HEARTBEAT_MS = 200;

let redis: TestRedis;
let commands: RedisNode;
let log: EventLog;
let relay: TestRelay;
let proxy: TcpProxy;
const pages: TestDesktop[] = [];

test.before(async () => {
  redis = await startTestRedis();
  commands = createRedis(redis.redisConfig);
  log = createEventLog(commands, { historySize: 1000, historyTtlSeconds: 3600 });
  relay = await startTestRelay(redis, {}, { limits: { socketIo: { heartbeatMs: HEARTBEAT_MS } } });
  proxy = await startTcpProxy(relay.port);
});
test.after.each(() => {
  for (const page of pages.splice(0)) page.close();
});
test.after(async () => {
  await proxy.close();
  await relay.close();
  commands.disconnect();
  await redis.stop();
});

const newToken = () => relay.tokens.issue('test:agent', '').token;

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
  client?: ClientVersion,
): Promise<TestDesktop> {
  const page = new TestDesktop(`http://127.0.0.1:${proxy.port}`, token, client ? { client } : {});
  pages.push(page);
  let joins = 0;
  page.socket.io.on('open', () => swallowPings(page));
  page.socket.on('connect', () => void page.join(conversation).then(() => joins++));
  await until(() => joins > 0);
  return page;
}

async function publish(conversation: ShortName, ...ids: string[]): Promise<void> {
  for (const messageId of ids) await log.append(makeEvent(conversation, { messageId }));
}

for (const client of Object.keys(CLIENTS) as ClientVersion[]) {
  test(`what two heartbeats stand behind is not sent again (socket.io-client ${client})`, async () => {
    const conversation = uniqueConversation();
    const page = await openPage(conversation, newToken(), client);
    await publish(conversation, '1', '2');
    await page.received(2);
    await sleep(3 * HEARTBEAT_MS);
    await publish(conversation, '3');
    await page.received(3);
    proxy.cut();
    await publish(conversation, '4');
    await until(() => page.messageIds().includes('4'));
    await sleep(100); // for what should not come
    assert.equal(page.messageIds(), ['1', '2', '3', '3', '4']);
  });
}

test('two tabs do not cut each other off', async () => {
  const conversation = uniqueConversation();
  const token = newToken();
  const first = await openPage(conversation, token);
  await publish(conversation, '1');
  await first.received(1);
  const { id } = first.socket;
  const second = await openPage(conversation, token);
  await second.received(1);
  await sleep(1_500); // longer than a probe takes
  assert.is(first.socket.id, id);
  await publish(conversation, '2');
  for (const page of [first, second]) {
    await page.received(2);
    assert.equal(page.messageIds(), ['1', '2']);
  }
});

test.run();
