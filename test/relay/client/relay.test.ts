import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Client, type ClientOptions, createClient } from '../../../relay/client/index.ts';
import type { ClientEvents } from '../../../relay/client/types.ts';
import { EVENT_KINDS, INTERIM_KIND } from '../../../shared/event.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { rejection } from './client-fixture.ts';
import { FAST_CLOCK } from './fake-relay-server.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test, { relays: 2 });
/** In front of the first relay. */
let network: TcpProxy;

test.before(async () => {
  network = fixture.keep(await startTcpProxy(fixture.relay.port));
});

function connect(options: Partial<ClientOptions> = {}) {
  const client = createClient({
    url: `http://127.0.0.1:${network.port}`,
    getToken: () => fixture.relay.token,
    clock: FAST_CLOCK,
    ...options,
  });
  fixture.keep(client);
  const seen: { [Name in keyof ClientEvents]: ClientEvents[Name][] } = {
    state: [],
    event: [],
    joined: [],
    reset: [],
    error: [],
  };
  client.on('state', (change) => seen.state.push(change));
  client.on('event', (event) => seen.event.push(event));
  client.on('joined', (joined) => seen.joined.push(joined));
  client.on('reset', (reset) => seen.reset.push(reset));
  client.on('error', (notice) => seen.error.push(notice));
  client.connect();
  return { client, seen, ids: () => seen.event.map(({ message_id }) => message_id) };
}

test('it is handed the conversation so far and then what comes, of every kind', () =>
  undisturbed(async () => {
    const conversation = uniqueConversation();
    const before = await fixture.publishAll(conversation, 3);
    const { client, seen, ids } = connect();
    const membership = await client.join(withLocation(conversation, 'us-central1'));
    assert.is(membership.conversation, conversation);
    for (const kind of EVENT_KINDS) {
      if (kind === INTERIM_KIND) await fixture.publishInterim(conversation, { message: 'm' });
      else await fixture.publish(conversation, { kind });
    }
    await until(() => seen.event.length === 7);
    assert.equal(ids().slice(0, 3), before);
    assert.equal(
      seen.event.slice(3).map(({ data_type }) => data_type),
      [...EVENT_KINDS],
    );
    assert.ok(seen.event.every(({ conversation_name }) => conversation_name === conversation));
    assert.is(membership.cursor, seen.event[6]?.cursor);
    assert.equal(seen.error, []);
  }));

test('a live join gets what comes, a join with a cursor what comes after it', async () => {
  const conversation = uniqueConversation();
  await fixture.publishAll(conversation, 3);
  const all = connect();
  await all.client.join(conversation);
  await until(() => all.seen.event.length === 3);

  const live = connect();
  await live.client.join(conversation, { after: null });
  const later = connect();
  await later.client.join(conversation, { after: all.seen.event[0]?.cursor });
  const [last = ''] = await fixture.publishAll(conversation, 1);
  await until(() => live.ids().includes(last) && later.ids().includes(last));
  assert.equal(live.ids(), [last]);
  assert.equal(later.ids(), all.ids().slice(1));
});

test('a connection that is cut again and again yields each event once, in order', async () => {
  const conversation = uniqueConversation();
  const { client, seen, ids } = connect();
  await client.join(conversation);
  const expected: string[] = [];
  for (let round = 0; round < 20; round++) {
    expected.push(...(await fixture.publishAll(conversation, 5)));
    if (round % 8 === 0) network.stall();
    else network.cut();
    expected.push(...(await fixture.publishAll(conversation, 5)));
    if (round % 2 === 0) await until(() => ids().length >= expected.length);
  }
  await until(() => ids().length >= expected.length);
  assert.equal(ids(), expected);
  assert.equal(seen.reset, []);
  assert.ok(seen.joined.length > 10, `only ${seen.joined.length} joins`);
  assert.ok(
    seen.state.some(({ code }) => code === 3001),
    'a stalled connection was noticed',
  );
});

test('it goes on with another relay where the first stopped', async () => {
  const conversation = uniqueConversation();
  const first = await fixture.startRelay();
  let url = first.url;
  // What a load balancer does.
  class Balanced extends WebSocket {
    constructor(_url: string, protocol: string) {
      super(`${url.replace('http', 'ws')}/ws`, protocol);
    }
  }
  const { client, seen, ids } = connect({ WebSocket: Balanced, getToken: () => first.token });
  await client.join(conversation);
  const expected = await fixture.publishAll(conversation, 3);
  await until(() => seen.event.length === 3);
  url = fixture.otherRelay.url;
  await first.close();
  expected.push(...(await fixture.publishAll(conversation, 3)));
  await until(() => seen.event.length === 6);
  assert.equal(ids(), expected);
  assert.equal(seen.reset, []);
});

test('a log that is lost is told by a reset, and what it holds then follows', () =>
  undisturbed(async () => {
    const conversation = uniqueConversation();
    const { client, seen, ids } = connect();
    await client.join(conversation);
    await fixture.publishAll(conversation, 3);
    await until(() => seen.event.length === 3);
    network.cut();
    await fixture.redis.del(...Object.values(conversationKeys(conversation)));
    const after = await fixture.publishAll(conversation, 2);
    await until(() => ids().at(-1) === after[1]);
    assert.is(seen.reset.length, 1);
    assert.is(seen.joined.at(-1)?.recovered, false);
    assert.equal(ids().slice(3), after);
  }));

test('a conversation that is left is left at the relay', () =>
  undisturbed(async () => {
    const conversation = uniqueConversation();
    const { client, seen } = connect();
    const membership = await client.join(conversation);
    const other = uniqueConversation();
    await client.join(other);
    membership.leave();
    await fixture.publishAll(conversation, 1);
    await fixture.publishAll(other, 1);
    await until(() => seen.event.length > 0);
    assert.is(seen.event[0]?.conversation_name, other);
    assert.equal(seen.error, []);
  }));

test('the relay refuses a name, a cursor, and a conversation too many', () =>
  undisturbed(async () => {
    const { client, seen } = connect();
    const codeOf = async (...args: Parameters<Client['join']>) =>
      (await rejection(client.join(...args))).code;
    assert.is(await codeOf('projects/somebody-else/conversations/c'), 'bad-conversation');
    assert.is(await codeOf('not a name'), 'bad-conversation');
    assert.is(await codeOf(uniqueConversation(), { after: 'not a cursor' }), 'bad-cursor');
    for (let n = 0; n < 50; n++) await client.join(uniqueConversation());
    assert.is(await codeOf(uniqueConversation()), 'too-many-joins');
    assert.is(client.state, 'ready');
    assert.equal(seen.error, []);
  }));

test('a token that the relay refuses closes the client', () =>
  undisturbed(async () => {
    const { client, seen } = connect({ getToken: () => 'forged' });
    await until(() => client.state === 'closed');
    assert.equal(seen.state.at(-1), { state: 'closed', code: 4501, reason: 'the token was refused' });
    assert.equal(
      seen.error.map(({ code }) => code),
      ['unauthenticated'],
    );
  }));

test('a token is renewed on the live connection', () =>
  undisturbed(async () => {
    const relay = await fixture.startRelay({ settings: { JWT_LIFETIME_SECONDS: '30' } });
    let calls = 0;
    const { client, seen } = connect({
      url: relay.url,
      getToken: async () => {
        calls++;
        const response = await fetch(`${relay.url}/register`, { method: 'POST' });
        const { token } = (await response.json()) as { token: string };
        return token;
      },
    });
    const conversation = uniqueConversation();
    await client.join(conversation);
    await until(() => calls >= 3);
    await fixture.publishAll(conversation, 1);
    await until(() => seen.event.length === 1);
    assert.equal(
      seen.state.map(({ state }) => state),
      ['connecting', 'ready'],
    );
    assert.is(seen.joined.length, 1);
  }));

test.run();
