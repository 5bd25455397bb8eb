// What happens to desktops that are in a conversation, and what stays out from the beginning.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { startTestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from '../websocket/native-desktop.ts';
import { AccessWorld, TIMES } from './access-fixture.ts';
import { ALLOW, BREAK, DENY, SILENCE } from './authorizer-server.ts';
import { PATIENCE_MS } from './ways.ts';

const DENIED = 'access to the conversation is denied';
const UNKNOWN = 'access cannot be checked right now: try again';

let world: AccessWorld;
test.before(async () => {
  world = await AccessWorld.start({ ALLOWED_LOCATIONS: 'global' });
});
test.after(() => world.close());

async function socketIo(token: string): Promise<TestDesktop> {
  const desktop = new TestDesktop(world.relay.url, token);
  world.open.push(desktop);
  return desktop.connected();
}

async function native(token: string, { url } = world.relay): Promise<NativeDesktop> {
  const desktop = new NativeDesktop(url);
  world.open.push({ close: () => desktop.socket.terminate() });
  await desktop.ready(token);
  return desktop;
}

for (const [outage, reply] of [
  ['down', BREAK],
  ['silent', SILENCE],
] as const) {
  test(`while the authorizer is ${outage}, desktops stay in their conversations; a deny after that ends it`, async () => {
    const conversation = uniqueConversation();
    const token = world.relay.tokens.issue(`test:${conversation}`, '').token;
    const [old, own] = [await socketIo(token), await native(token)];
    let removed = 0;
    old.socket.on('removed-from-conversation', () => removed++);
    world.authorizer.replies.set(conversation, ALLOW);
    assert.equal(await old.join(conversation), [true, conversation]);
    assert.is((await own.join(conversation)).type, 'joined');

    world.authorizer.replies.set(conversation, reply);
    const before = world.authorizer.actions(conversation).length;
    await sleep(TIMES.authorizerCacheMs);
    await until(() => world.authorizer.actions(conversation).length > before + 1, PATIENCE_MS);
    await world.publish(conversation);
    await until(() => old.events.length === 1 && own.events.length === 1);
    assert.equal([removed, own.of('error')], [0, []]);

    world.authorizer.replies.set(conversation, DENY);
    await until(() => removed === 1 && own.of('error').length === 1, PATIENCE_MS);
    await world.publish(conversation);
    await sleep(50);
    assert.equal([old.events.length, own.events.length], [1, 1]);
  });
}

test('who is out of one conversation is still in the others, and may leave what is lost', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const desktop = await native(world.relay.tokens.issue(`test:${lost}`, '').token);
  await desktop.join(lost);
  await desktop.join(kept);
  world.authorizer.replies.set(lost, DENY);
  await until(() => desktop.of('error').length === 1);
  await world.publish(kept);
  await desktop.received(1);
  const left = await desktop.leave(lost);
  assert.is(left.type === 'error' && left.code, 'not-joined');
});

test('a new token that opens less takes the desktop out of the rest', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const subject = `test:${lost}`;
  // Nobody but the token decides there, so that nothing else takes the desktop out.
  const relay = await startTestRelay(world.redis);
  world.open.push(relay);
  const desktop = await native(relay.tokens.issue(subject, '').token, relay);
  await desktop.join(lost);
  await desktop.join(kept);
  desktop.send({ type: 'auth', token: relay.tokens.issue(subject, '', { conversations: [kept] }).token });
  await until(() => desktop.of('error').length === 1);
  assert.equal(
    desktop.of('error').map(({ code, conversation }) => [code, conversation]),
    [['not-allowed', lost]],
  );
});

test('a token with a list opens what is in it, on sockets, the proxy and by integration keys', async () => {
  const [mine, other] = [uniqueConversation(), uniqueConversation()];
  const token = world.relay.tokens.issue(`test:${mine}`, '', { conversations: [mine] }).token;
  const desktop = await socketIo(token);
  assert.equal(await desktop.join(mine), [true, mine]);
  assert.equal(await desktop.join(other), [false, DENIED]);
  await world.keepName(other, other);
  const statusOf = async (path: string, init: RequestInit = {}) =>
    (
      await fetch(world.relay.url + path, {
        ...init,
        headers: { authorization: token, 'content-type': 'application/json' },
      })
    ).status;
  const full = (name: string) => `/v2/${name.replace('/conversations', '/locations/global/conversations')}`;
  assert.is(await statusOf(full(mine)), 200);
  assert.is(await statusOf(full(other)), 403);
  assert.is(await statusOf(`/conversation-name?conversationIntegrationKey=${other}`), 403);
  const project = '/v2/projects/demo-project/locations/global';
  assert.is(await statusOf(`${project}/conversationProfiles/p`), 200);
  const post = { method: 'POST', body: '{}' };
  assert.is(await statusOf(`${project}/suggestions:searchKnowledge`, post), 403);
});

test('a location that is not allowed is refused everywhere, whatever the authorizer says', async () => {
  const name = uniqueConversation().replace('/conversations', '/locations/us/conversations');
  const token = world.relay.tokens.issue('test:agent', '').token;
  const refusal = 'the location is not allowed';
  assert.equal(await (await socketIo(token)).join(name), [false, refusal]);
  const answer = await (await native(token)).join(name);
  assert.equal(answer.type === 'error' && [answer.code, answer.message], ['not-allowed', refusal]);
  for (const [path, init] of [
    [`/v2/${name}`, {}],
    ['/v2/projects/demo-project/locations/us/conversationProfiles/p', {}],
    [
      '/conversation-name',
      { method: 'POST', body: JSON.stringify({ conversationIntegrationKey: 'k', conversationName: name }) },
    ],
  ] as const) {
    const headers = { authorization: token, 'content-type': 'application/json' };
    const response = await fetch(world.relay.url + path, { ...init, headers });
    assert.equal([response.status, await response.json()], [403, { message: refusal }], path);
  }
});

test('a desktop that was refused may try again on the same connection', async () => {
  const conversation = uniqueConversation();
  const desktop = await socketIo(world.relay.tokens.issue(`test:${conversation}`, '').token);
  world.authorizer.replies.set(conversation, BREAK);
  assert.equal(await desktop.join(conversation), [false, UNKNOWN]);
  world.authorizer.replies.set(conversation, ALLOW);
  assert.equal(await desktop.join(conversation), [true, conversation]);
});

test.run();
