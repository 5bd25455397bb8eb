import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket as WsWebSocket } from 'ws';
import { type ClientOptions, createClient, type StateChange } from '../../../relay/client/index.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { CONVERSATION } from './client-fixture.ts';
import { FAST_CLOCK, type FakeRelayServer, startFakeRelay } from './fake-relay-server.ts';

const fixture = new Fixture(test);
let server: FakeRelayServer;

test.before.each(async () => {
  server = fixture.keep(await startFakeRelay());
});

function connect(options: Partial<ClientOptions>) {
  const client = createClient({ url: server.url, getToken: () => 'token', clock: FAST_CLOCK, ...options });
  fixture.keep(client);
  const states: StateChange[] = [];
  const received: string[] = [];
  client.on('state', (change) => states.push(change));
  client.on('event', ({ message_id }) => received.push(message_id));
  client.connect();
  return { client, states, received, last: () => states.at(-1) };
}

/** Listens, and never says anything. */
async function startSilentServer(): Promise<string> {
  const silent = createServer((socket) => {
    fixture.defer(() => socket.destroy());
    socket.on('error', () => {}).resume();
  });
  return `http://127.0.0.1:${await fixture.listen(silent)}`;
}

const IMPLEMENTATIONS: [string, Partial<ClientOptions>][] = [
  ["Node's own WebSocket", {}],
  ["the package ws's WebSocket", { WebSocket: WsWebSocket }],
];
for (const [name, options] of IMPLEMENTATIONS) {
  test(`with ${name} it joins, gets events and resumes`, async () => {
    const { client, received, states } = connect(options);
    server.relay.publish(CONVERSATION);
    const membership = await client.join(CONVERSATION);
    await until(() => received.length === 1);
    for (let round = 0; round < 5; round++) {
      const before = states.length;
      for (const socket of server.sockets) socket.terminate();
      server.relay.publish(CONVERSATION);
      await until(() => states.length >= before + 3 && client.state === 'ready');
      server.relay.publish(CONVERSATION);
      await until(() => received.length >= 3 + round * 2);
    }
    assert.equal(
      received,
      Array.from({ length: 11 }, (_, index) => String(index + 1)),
    );
    assert.is(membership.cursor, server.relay.log(CONVERSATION).cursorAt(11));
    assert.ok(states.some(({ state, code }) => state === 'waiting' && code === 1006));
  });

  test(`with ${name} the relay's close code and reason arrive`, () =>
    undisturbed(async () => {
      const { client, last } = connect(options);
      await until(() => client.state === 'ready');
      for (const session of server.relay.sessions) session.close(4501, 'the token was refused');
      await until(() => client.state === 'closed');
      assert.equal(last(), { state: 'closed', code: 4501, reason: 'the token was refused' });
    }));

  test(`with ${name} close() closes the relay's end with 1000`, () =>
    undisturbed(async () => {
      const { client } = connect(options);
      await until(() => client.state === 'ready');
      const [socket] = server.sockets;
      const closed = new Promise((resolve) => socket?.once('close', resolve));
      client.close();
      assert.is(await closed, 1000);
    }));

  test(`with ${name} a relay that is not there is tried again`, () =>
    undisturbed(async () => {
      const { states } = connect({ ...options, url: 'http://127.0.0.1:1' });
      await until(() => states.filter(({ state }) => state === 'waiting').length === 3);
      assert.ok(states.every(({ state, code }) => state !== 'waiting' || code === 1006));
    }));

  test(`with ${name} a relay without an answer is tried again`, async () => {
    const { states } = connect({ ...options, url: await startSilentServer() });
    await until(() => states.filter(({ state }) => state === 'waiting').length === 2);
    assert.ok(states.every(({ state, code }) => state !== 'waiting' || code === 3000));
  });

  test(`with ${name} a dead connection is replaced`, async () => {
    const { client, states } = connect(options);
    await until(() => client.state === 'ready');
    server.relay.script = ({ type }) => type === 'ping';
    await until(() => states.some(({ code }) => code === 3001));
    server.relay.script = undefined;
    await until(() => client.state === 'ready');
  });
}

test.run();
