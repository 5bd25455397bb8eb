// What happens to desktops that are in a conversation, and what stays out from the beginning.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { AccessFixture } from './access-fixture.ts';
import { ALLOW, BREAK, DENY, SILENCE } from './authorizer-server.ts';
import { PATIENCE_MS } from './ways.ts';

const DENIED = 'access to the conversation is denied';
const UNKNOWN = 'access cannot be checked right now: try again';

const fixture = new AccessFixture(test, { ALLOWED_LOCATIONS: 'global' });
/** Waits so briefly for an answer that the authorizer is soon asked again. */
const impatient = new AccessFixture(test, {}, { authorizerTimeoutMs: 3_000 });

for (const [outage, reply, system] of [
  ['down', BREAK, fixture],
  ['silent', SILENCE, impatient],
] as const) {
  test(`desktops stay while the authorizer is ${outage}, until a later deny`, () =>
    undisturbed(async () => {
      const conversation = uniqueConversation();
      const token = system.token(`test:${conversation}`);
      const [old, own] = [await system.desktop({ token }), await system.nativeDesktop({ token })];
      const { authorizer } = system;
      let removed = 0;
      old.socket.on('removed-from-conversation', () => removed++);
      authorizer.replies.set(conversation, ALLOW);
      assert.equal(await old.join(conversation), [true, conversation]);
      assert.is((await own.join(conversation)).type, 'joined');

      authorizer.replies.set(conversation, reply);
      const before = authorizer.actions(conversation).length;
      await until(() => authorizer.actions(conversation).length > before + 1, PATIENCE_MS);
      await system.publish(conversation);
      await until(() => old.events.length === 1 && own.events.length === 1);
      assert.equal([removed, own.of('error')], [0, []]);

      authorizer.replies.set(conversation, DENY);
      await until(() => removed === 1 && own.of('error').length === 1, PATIENCE_MS);
      await system.publish(conversation);
      await sleep(50);
      assert.equal([old.events.length, own.events.length], [1, 1]);
    }));
}

test('a desktop that lost one conversation keeps the others and may leave the lost one', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const desktop = await fixture.nativeDesktop({ token: fixture.token(`test:${lost}`) });
  await desktop.join(lost);
  await desktop.join(kept);
  fixture.authorizer.replies.set(lost, DENY);
  await until(() => desktop.of('error').length === 1);
  await fixture.publish(kept);
  await desktop.received(1);
  const left = await desktop.leave(lost);
  assert.is(left.type === 'error' && left.code, 'not-joined');
});

test('a new token that opens less takes the desktop out of the rest', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const subject = `test:${lost}`;
  // Nobody but the token decides there, so that nothing else takes the desktop out.
  const relay = await fixture.startRelay();
  const desktop = await fixture.nativeDesktop({ relay, token: relay.tokens.issue(subject, '').token });
  await desktop.join(lost);
  await desktop.join(kept);
  desktop.send({ type: 'auth', token: relay.tokens.issue(subject, '', { conversations: [kept] }).token });
  await until(() => desktop.of('error').length === 1);
  assert.equal(
    desktop.of('error').map(({ code, conversation }) => [code, conversation]),
    [['not-allowed', lost]],
  );
});

test("a token's list applies on sockets, on the proxy and to integration keys", async () => {
  const [mine, other] = [uniqueConversation(), uniqueConversation()];
  const token = fixture.token(`test:${mine}`, { conversations: [mine] });
  const desktop = await fixture.desktop({ token });
  assert.equal(await desktop.join(mine), [true, mine]);
  assert.equal(await desktop.join(other), [false, DENIED]);
  await fixture.keepName(other, other);
  const send = (path: string, init: RequestInit = {}) =>
    fetch(fixture.relay.url + path, {
      ...init,
      headers: { authorization: token, 'content-type': 'application/json' },
    });
  const statusOf = async (path: string, init: RequestInit = {}) => (await send(path, init)).status;
  const full = (name: string) => `/v2/${withLocation(name)}`;
  assert.is(await statusOf(full(mine)), 200);
  assert.is(await statusOf(full(other)), 403);
  for (const key of [other, 'unknown']) {
    const path = `/conversation-name?conversationIntegrationKey=${key}`;
    assert.equal(await (await send(path)).json(), { conversationName: '' });
    const removal = await send(path, { method: 'DELETE' });
    assert.equal([removal.status, await removal.text()], [404, 'Not found']);
  }
  const project = '/v2/projects/demo-project/locations/global';
  assert.is(await statusOf(`${project}/conversationProfiles/p`), 200);
  const post = { method: 'POST', body: '{}' };
  assert.is(await statusOf(`${project}/suggestions:searchKnowledge`, post), 403);
});

test('a forbidden location is refused everywhere, whatever the authorizer says', async () => {
  const name = withLocation(uniqueConversation(), 'us');
  const token = fixture.token('test:agent');
  const refusal = 'the location is not allowed';
  assert.equal(await (await fixture.desktop({ token })).join(name), [false, refusal]);
  const answer = await (await fixture.nativeDesktop({ token })).join(name);
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
    const response = await fetch(fixture.relay.url + path, { ...init, headers });
    assert.equal([response.status, await response.json()], [403, { message: refusal }], path);
  }
});

test('a desktop that was refused may try again on the same connection', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.desktop({ token: fixture.token(`test:${conversation}`) });
  fixture.authorizer.replies.set(conversation, BREAK);
  assert.equal(await desktop.join(conversation), [false, UNKNOWN]);
  fixture.authorizer.replies.set(conversation, ALLOW);
  assert.equal(await desktop.join(conversation), [true, conversation]);
});

test.run();
