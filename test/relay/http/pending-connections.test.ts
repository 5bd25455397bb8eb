// Of a whole relay with room for few newcomers: who is ended when there is one too many, and who is not.
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { PendingConnections } from '../../../relay/rate-limits/pending-connections.ts';
import { type Connection, dial, upgradeRequest } from '../../helpers/raw-http.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const MAX = 20;
const fixture = relayFixture(test, { limits: { http: { pendingConnectionsMax: MAX } } });
test.after.each(() => sleep(50)); // until the relay knows what has been closed

/** Opens a connection and sends its first bytes. */
const connect = (bytes: string) => fixture.keep(dial(fixture.relay.port, bytes));

/** So many connections one after another, each with these first bytes. */
async function crowd(size: number, bytes: string, isTaken: (connection: Connection) => boolean) {
  const connections: Connection[] = [];
  for (let index = 0; index < size; index++) {
    const connection = connect(bytes);
    connections.push(connection);
    await until(() => isTaken(connection) || connection.isClosed);
  }
  return connections;
}

const isUpgraded = ({ received }: Connection) => received.startsWith('HTTP/1.1 101');
const CROWDS: [what: string, bytes: string, isTaken: (connection: Connection) => boolean][] = [
  ['native sockets without a token', upgradeRequest('/ws'), isUpgraded],
  ['Socket.IO sockets without a token', upgradeRequest('/socket.io/?EIO=4&transport=websocket'), isUpgraded],
  ['connections that say nothing', '', ({ socket }) => !socket.connecting],
  ['headers that do not end', 'GET /status HTTP/1.1\r\nHost: x\r\nX: ', ({ socket }) => !socket.connecting],
  [
    'bodies that do not end',
    'POST /register HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx',
    ({ socket }) => !socket.connecting,
  ],
  [
    'bodies that do not end, of requests that are answered',
    'POST /status HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nx',
    ({ received }) => received.startsWith('HTTP/1.1 405'),
  ],
];

for (const [what, bytes, isTaken] of CROWDS) {
  test(`one too many of ${what}`, async () => {
    const agent = await fixture.desktop();
    const native = await fixture.nativeDesktop();
    const connections = await crowd(MAX + 10, bytes, isTaken);
    await until(() => connections.filter(({ isClosed }) => isClosed).length >= 10);
    const open = connections.filter(({ isClosed }) => !isClosed);
    assert.ok(open.length <= MAX, `${open.length} are open`);
    assert.equal(open, connections.slice(-open.length), 'the newest stay');

    assert.is((await agent.join(uniqueConversation()))[0], true, 'an agent is undisturbed');
    assert.is((await native.join(uniqueConversation())).type, 'joined');
    const { status } = await fetch(`${fixture.relay.url}/register`, { method: 'POST' });
    assert.is(status, 200);
    await fixture.desktop({ transports: ['polling'] });
  });
}

test('sessions over long polling without a token are bounded, too', async () => {
  const sessions: string[] = [];
  const path = `${fixture.relay.url}/socket.io/?EIO=4&transport=polling`;
  for (let index = 0; index < MAX + 10; index++) {
    const text = await (await fetch(path)).text();
    sessions.push(JSON.parse(text.slice(1)).sid);
  }
  const statuses = await Promise.all(
    sessions.map(async (sid) => (await fetch(`${path}&sid=${sid}`, { method: 'POST', body: '3' })).status),
  );
  assert.ok(statuses.filter((status) => status === 200).length <= MAX);
  assert.equal([statuses[0], statuses.at(-1)], [400, 200]);
});

test('those who have shown their token are no newcomers, however long they stay', async () => {
  const desktops = await Promise.all(
    Array.from({ length: MAX }, (_, index) =>
      fixture.desktop({ transports: index % 2 === 0 ? ['websocket'] : ['polling', 'websocket'] }),
    ),
  );
  const natives = await Promise.all(Array.from({ length: MAX }, () => fixture.nativeDesktop()));
  let lost = 0;
  for (const desktop of desktops) desktop.socket.on('disconnect', () => lost++);
  await until(() => desktops.every(({ socket }) => socket.io.engine.transport.name === 'websocket'));
  await crowd(3 * MAX, upgradeRequest('/ws'), isUpgraded);
  for (const desktop of desktops) assert.is((await desktop.join(uniqueConversation()))[0], true);
  for (const native of natives) assert.is((await native.join(uniqueConversation())).type, 'joined');
  assert.is(lost, 0);
});

test('a connection whose request was answered makes no room and needs none', async () => {
  const answered = await crowd(MAX, 'GET /status HTTP/1.1\r\nHost: x\r\n\r\n', ({ received }) =>
    received.endsWith('world!'),
  );
  await crowd(MAX, '', ({ socket }) => !socket.connecting);
  await sleep(50);
  assert.ok(answered.every(({ isClosed }) => !isClosed));
});

test('a request with a token is not pending while it is sent and answered', async () => {
  const head = `POST /conversation-name HTTP/1.1\r\nHost: x\r\nAuthorization: ${fixture.relay.token}`;
  const slow = connect(`${head}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n`);
  await sleep(50);
  await crowd(2 * MAX, upgradeRequest('/ws'), isUpgraded);
  slow.socket.write('{}');
  await until(() => slow.received.startsWith('HTTP/1.1 400'));
});

test('one too many half bodies of answered requests with a token ends the oldest', async () => {
  const head = `GET /conversation-name HTTP/1.1\r\nHost: x\r\nAuthorization: ${fixture.relay.token}`;
  const connections = await crowd(MAX + 10, `${head}\r\nContent-Length: 99\r\n\r\nx`, ({ received }) =>
    received.startsWith('HTTP/1.1 400'),
  );
  await until(() => connections.filter(({ isClosed }) => isClosed).length >= 10);
});

test('an upgrade on a connection that was answered before makes it a newcomer again', async () => {
  const first = connect('GET /status HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => first.received.endsWith('world!'));
  first.socket.write(upgradeRequest('/ws'));
  await until(() => first.received.includes('101 Switching'));
  await crowd(MAX, upgradeRequest('/ws'), isUpgraded);
  await until(() => first.isClosed);
});

test('a newcomer that has gone is counted no more', () => {
  const ended: number[] = [];
  const newcomers = new PendingConnections(2);
  const all = [{}, {}, {}, {}];
  for (const [index, each] of all.slice(0, 2).entries()) newcomers.add(each, () => ended.push(index));
  newcomers.remove(all[0] as object);
  newcomers.add(all[2] as object, () => ended.push(2));
  newcomers.add(all[2] as object, () => ended.push(99));
  assert.equal(ended, []);
  newcomers.add(all[3] as object, () => ended.push(3));
  assert.equal(ended, [1]);
  assert.is(newcomers.size, 2);
});

test('room is left for those whose token is known', () => {
  assert.ok(HTTP_LIMITS.pendingConnectionsMax <= HTTP_LIMITS.connectionsMax / 2);
});

test('a desktop whose upgrade came on an answered connection is not pending again', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  fixture.defer(() => agent.destroy());
  await new Promise<void>((resolve, reject) => {
    const request = get(`${fixture.relay.url}/status`, { agent }, (response) =>
      response.resume().on('end', resolve),
    );
    request.on('error', reject);
  });
  const native = await fixture.nativeDesktop({ agent, mayFail: true });
  await native.join(uniqueConversation());
  await sleep(HTTP_LIMITS.dropPauseMs + 500); // until idle connections were looked at
  await crowd(3 * MAX, upgradeRequest('/ws'), isUpgraded);
  assert.is((await native.join(uniqueConversation())).type, 'joined');
});

test.run();
