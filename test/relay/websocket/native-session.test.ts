import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { WEBSOCKET_LIMITS } from '../../../relay/websocket/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { SessionWorld, TOKEN_LIFE_SECONDS, tokens, tokensFor } from './native-session-fixture.ts';

const NAME = 'projects/demo-project/conversations/c';
const NOW = Date.parse('2026-11-24T10:00:00Z');
const EXPIRES_AT = NOW / 1000 + TOKEN_LIFE_SECONDS;

let world: SessionWorld;

test.before.each(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW });
  world = new SessionWorld();
});
test.after.each(() => {
  world.desktop.session.end({ left: false });
  mock.timers.reset();
});

const auth = (subject = 'test:agent') => ({ type: 'auth', token: tokens.issue(subject, 'agent').token });

function refusal(id?: string | number) {
  return { type: 'error', ...(id === undefined ? {} : { id }), code: 'unauthenticated' };
}

/** The frames that were sent, without the texts of errors. */
function sent(): unknown[] {
  return world.sent.map((frame) => {
    if (frame.type !== 'error') return frame;
    const { message, ...rest } = frame;
    assert.type(message, 'string');
    return rest;
  });
}

test('the first token is answered by ready, with the end of the token', async () => {
  await world.receive(auth());
  const [ready, ...others] = world.sent;
  assert.is(others.length, 0);
  assert.ok(ready?.type === 'ready');
  assert.match(ready.session, /^[\w-]{20,}$/);
  assert.is(ready.expires_at, EXPIRES_AT);
  assert.equal(world.closes, []);
});

test('a connection without a token is closed after ten seconds, and may try again', async () => {
  mock.timers.tick(SESSION_LIMITS.authTimeoutMs - 1);
  assert.equal(world.closes, []);
  mock.timers.tick(1);
  assert.equal(world.closes, [CLOSE['auth-timeout']]);
  assert.ok(CLOSE['auth-timeout'].code < 4500);
  await world.receive(auth());
  assert.equal(world.sent, []);
});

test('what a client sends meanwhile does not put the deadline off', async () => {
  mock.timers.tick(SESSION_LIMITS.authTimeoutMs - 1);
  await world.receive('{}');
  mock.timers.tick(1);
  assert.equal(world.closes, [CLOSE['auth-timeout']]);
});

for (const [name, frame] of [
  ['a join', { type: 'join', id: 'j', conversation: NAME }],
  ['a leave', { type: 'leave', id: 7, conversation: NAME }],
  ['a ping', { type: 'ping' }],
] as const) {
  test(`${name} before the token is refused and not kept`, async () => {
    await world.receive(frame, auth());
    assert.equal(sent(), [refusal('id' in frame ? frame.id : undefined)]);
    assert.equal(world.closes, [CLOSE['auth-first']]);
    assert.is(world.hub.joins.length, 0);
  });
}

test('a malformed frame before the token is answered, and the token is still taken', async () => {
  await world.receive('{"id":"x"}', auth());
  assert.equal(sent()[0], { type: 'error', id: 'x', code: 'bad-frame' });
  assert.is(world.sent[1]?.type, 'ready');
  assert.equal(world.closes, []);
});

const BAD_TOKENS: [string, () => string][] = [
  ['garbage', () => 'garbage'],
  ['an empty token', () => ''],
  ['a token of another key', () => `${tokens.issue('a', 'b').token.slice(0, -2)}xx`],
];
for (const [name, token] of BAD_TOKENS) {
  test(`${name} is refused for good, and not sent back`, async () => {
    const text = token();
    await world.receive({ type: 'auth', token: text });
    assert.equal(sent(), [refusal()]);
    assert.equal(world.closes, [CLOSE.unauthenticated]);
    if (text !== '') assert.not.match(JSON.stringify(world.sent), text);
  });
}

test('an expired token is refused with a code that asks for a new one', async () => {
  const { token } = auth();
  mock.timers.setTime(NOW + TOKEN_LIFE_SECONDS * 1000);
  world = new SessionWorld();
  await world.receive({ type: 'auth', token });
  assert.equal(sent(), [refusal()]);
  assert.equal(world.closes, [CLOSE.expired]);
});

test('a token is taken with Bearer in front', async () => {
  await world.receive({ type: 'auth', token: `Bearer ${auth().token}` });
  assert.is(world.sent[0]?.type, 'ready');
});

test('the connection ends half a minute after its token', async () => {
  await world.authenticate();
  await world.join(NAME);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs - 1);
  assert.equal(world.closes, []);
  assert.is(world.hub.last.hasLeft, false);
  mock.timers.tick(1);
  assert.equal(world.closes, [CLOSE.expired]);
  assert.is(world.hub.last.hasLeft, true);
});

test('a new token of the same identity keeps the connection, its session and its conversations', async () => {
  await world.receive(auth());
  const [first] = world.sent;
  await world.join(NAME);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs - 1);
  await world.receive(auth());
  mock.timers.tick(WEBSOCKET_LIMITS.expiryGraceMs);
  assert.equal(world.closes, []);
  assert.is(world.hub.last.hasLeft, false);
  const [second] = world.sent;
  assert.ok(first?.type === 'ready' && second?.type === 'ready');
  assert.is(second.session, first.session);
  assert.ok(second.expires_at > first.expires_at);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000);
  assert.equal(world.closes, [CLOSE.expired]);
});

test('a token of somebody else ends the connection and its conversations', async () => {
  await world.authenticate('test:one');
  await world.join(NAME);
  await world.receive(auth('test:two'));
  assert.equal(sent(), [refusal()]);
  assert.equal(world.closes, [CLOSE.unauthenticated]);
  assert.is(world.hub.last.hasLeft, true);
});

test('a bad token on a live connection ends it', async () => {
  await world.authenticate();
  await world.receive({ type: 'auth', token: 'garbage' });
  assert.equal(sent(), [refusal()]);
  assert.equal(world.closes, [CLOSE.unauthenticated]);
});

test('a token that outlives the longest timer does not end the connection at once', async () => {
  const years = tokensFor(10 * 365 * 86_400);
  await world.receive({ type: 'auth', token: years.issue('test:agent', '').token });
  mock.timers.tick(86_400_000);
  assert.equal(world.closes, []);
});

test('ping is answered by pong', async () => {
  await world.authenticate();
  await world.receive({ type: 'ping' });
  assert.equal(world.sent, [{ type: 'pong' }]);
});

test('a malformed frame is answered, and a second one within a minute ends the connection', async () => {
  await world.authenticate();
  await world.receive('{"type":"no-such-type","id":5}');
  assert.equal(sent(), [{ type: 'error', id: 5, code: 'bad-frame' }]);
  mock.timers.tick(WEBSOCKET_LIMITS.malformedWindowMs);
  await world.receive('nonsense');
  assert.equal(world.closes, []);
  mock.timers.tick(WEBSOCKET_LIMITS.malformedWindowMs - 1);
  await world.receive('nonsense');
  assert.equal(world.closes, [CLOSE.malformed]);
  assert.is(world.sent.length, 3);
});

test('a request that is well-formed and refused does not count as malformed', async () => {
  await world.authenticate();
  for (let id = 0; id < 20; id++) await world.receive({ type: 'leave', id, conversation: 'nonsense' });
  assert.is(world.sent.length, 20);
  assert.equal(world.closes, []);
});

test('a connection that has ended leaves its conversations, answers nothing and waits for nothing', async () => {
  await world.authenticate();
  await world.join(NAME);
  await world.receive({ type: 'join', id: 'late', conversation: `${NAME}2` });
  const [joined, pending] = world.hub.joins;
  world.desktop.session.end({ left: false });
  assert.is(joined?.hasLeft, true);
  assert.is(pending?.hasLeft, true);
  pending?.letIn({ position: { epoch: 'e', offset: 1, tag: 't' }, recovered: true });
  await world.receive({ type: 'ping' }, { type: 'join', id: 'x', conversation: NAME });
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs);
  assert.equal(world.sent, []);
  assert.equal(world.closes, []);
  assert.is(world.hub.joins.length, 2);
});

test.run();
