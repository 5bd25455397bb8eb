import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { WEBSOCKET_LIMITS } from '../../../relay/websocket/limits.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { NativeSessionFixture, TOKEN_LIFE_SECONDS, tokens, tokensFor } from './native-session-fixture.ts';

const NAME = 'projects/demo-project/conversations/c';
const NOW = Date.parse('2026-11-24T10:00:00Z');
const EXPIRES_AT = NOW / 1000 + TOKEN_LIFE_SECONDS;

let fixture: NativeSessionFixture;

test.before.each(() => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: NOW });
  fixture = new NativeSessionFixture();
});
test.after.each(() => {
  fixture.desktop.session.end();
  mock.timers.reset();
});

const auth = (subject = 'test:agent') => ({ type: 'auth', token: tokens.issue(subject, 'agent').token });

function refusal(id?: string | number) {
  return { type: 'error', ...(id === undefined ? {} : { id }), code: 'unauthenticated' };
}

/** The frames that were sent, without the texts of errors. */
function sent(): unknown[] {
  return fixture.sent.map((frame) => {
    if (frame.type !== 'error') return frame;
    const { message, ...rest } = frame;
    assert.type(message, 'string');
    return rest;
  });
}

test('the first token is answered by ready, with the end of the token', async () => {
  await fixture.receive(auth());
  const [ready, ...others] = fixture.sent;
  assert.is(others.length, 0);
  assert.ok(ready?.type === 'ready');
  assert.match(ready.session, /^[\w-]{20,}$/);
  assert.is(ready.expires_at, EXPIRES_AT);
  assert.equal(fixture.closes, []);
});

test('a connection without a token is closed after ten seconds, and may try again', async () => {
  mock.timers.tick(SESSION_LIMITS.authTimeoutMs - 1);
  assert.equal(fixture.closes, []);
  mock.timers.tick(1);
  assert.equal(fixture.closes, [CLOSE['auth-timeout']]);
  assert.ok(CLOSE['auth-timeout'].code < 4500);
  await fixture.receive(auth());
  assert.equal(fixture.sent, []);
});

test('what a client sends meanwhile does not put the deadline off', async () => {
  mock.timers.tick(SESSION_LIMITS.authTimeoutMs - 1);
  await fixture.receive('{}');
  mock.timers.tick(1);
  assert.equal(fixture.closes, [CLOSE['auth-timeout']]);
});

for (const [name, frame] of [
  ['a join', { type: 'join', id: 'j', conversation: NAME }],
  ['a leave', { type: 'leave', id: 7, conversation: NAME }],
  ['a ping', { type: 'ping' }],
] as const) {
  test(`${name} before the token is refused and not kept`, async () => {
    await fixture.receive(frame, auth());
    assert.equal(sent(), [refusal('id' in frame ? frame.id : undefined)]);
    assert.equal(fixture.closes, [CLOSE['auth-first']]);
    assert.is(fixture.hub.joins.length, 0);
  });
}

test('a malformed frame before the token is answered, and the token is still taken', async () => {
  await fixture.receive('{"id":"x"}', auth());
  assert.equal(sent()[0], { type: 'error', id: 'x', code: 'bad-frame' });
  assert.is(fixture.sent[1]?.type, 'ready');
  assert.equal(fixture.closes, []);
});

const BAD_TOKENS: [string, () => string][] = [
  ['garbage', () => 'garbage'],
  ['an empty token', () => ''],
  ['a token of another key', () => `${tokens.issue('a', 'b').token.slice(0, -2)}xx`],
];
for (const [name, token] of BAD_TOKENS) {
  test(`${name} is refused for good, and not sent back`, async () => {
    const text = token();
    await fixture.receive({ type: 'auth', token: text });
    assert.equal(sent(), [refusal()]);
    assert.equal(fixture.closes, [CLOSE.unauthenticated]);
    if (text !== '') assert.not.match(JSON.stringify(fixture.sent), text);
  });
}

test('an expired token is refused with a code that asks for a new one', async () => {
  const { token } = auth();
  mock.timers.setTime(NOW + TOKEN_LIFE_SECONDS * 1000);
  fixture = new NativeSessionFixture();
  await fixture.receive({ type: 'auth', token });
  assert.equal(sent(), [refusal()]);
  assert.equal(fixture.closes, [CLOSE.expired]);
});

test('a token is taken with Bearer in front', async () => {
  await fixture.receive({ type: 'auth', token: `Bearer ${auth().token}` });
  assert.is(fixture.sent[0]?.type, 'ready');
});

test('the connection ends half a minute after its token', async () => {
  await fixture.authenticate();
  await fixture.join(NAME);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs - 1);
  assert.equal(fixture.closes, []);
  assert.is(fixture.hub.last.hasLeft, false);
  mock.timers.tick(1);
  assert.equal(fixture.closes, [CLOSE.expired]);
  assert.is(fixture.hub.last.hasLeft, true);
});

test('a new token of the same identity keeps connection and conversations', async () => {
  await fixture.receive(auth());
  const [first] = fixture.sent;
  await fixture.join(NAME);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs - 1);
  await fixture.receive(auth());
  mock.timers.tick(WEBSOCKET_LIMITS.expiryGraceMs);
  assert.equal(fixture.closes, []);
  assert.is(fixture.hub.last.hasLeft, false);
  const [second] = fixture.sent;
  assert.ok(first?.type === 'ready' && second?.type === 'ready');
  assert.is(second.session, first.session);
  assert.ok(second.expires_at > first.expires_at);
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000);
  assert.equal(fixture.closes, [CLOSE.expired]);
});

test('a token of somebody else ends the connection and its conversations', async () => {
  await fixture.authenticate('test:one');
  await fixture.join(NAME);
  await fixture.receive(auth('test:two'));
  assert.equal(sent(), [refusal()]);
  assert.equal(fixture.closes, [CLOSE.unauthenticated]);
  assert.is(fixture.hub.last.hasLeft, true);
});

test('a bad token on a live connection ends it', async () => {
  await fixture.authenticate();
  await fixture.receive({ type: 'auth', token: 'garbage' });
  assert.equal(sent(), [refusal()]);
  assert.equal(fixture.closes, [CLOSE.unauthenticated]);
});

test('a token that outlives the longest timer does not end the connection at once', async () => {
  const years = tokensFor(10 * 365 * 86_400);
  await fixture.receive({ type: 'auth', token: years.issue('test:agent', '').token });
  mock.timers.tick(86_400_000);
  assert.equal(fixture.closes, []);
});

test('ping is answered by pong', async () => {
  await fixture.authenticate();
  await fixture.receive({ type: 'ping' });
  assert.equal(fixture.sent, [{ type: 'pong' }]);
});

test('a malformed frame is answered, a second one within a minute ends it', async () => {
  await fixture.authenticate();
  await fixture.receive('{"type":"no-such-type","id":5}');
  assert.equal(sent(), [{ type: 'error', id: 5, code: 'bad-frame' }]);
  mock.timers.tick(WEBSOCKET_LIMITS.malformedWindowMs);
  await fixture.receive('nonsense');
  assert.equal(fixture.closes, []);
  mock.timers.tick(WEBSOCKET_LIMITS.malformedWindowMs - 1);
  await fixture.receive('nonsense');
  assert.equal(fixture.closes, [CLOSE.malformed]);
  assert.is(fixture.sent.length, 3);
});

test('a request that is well-formed and refused does not count as malformed', async () => {
  await fixture.authenticate();
  for (let id = 0; id < 20; id++) await fixture.receive({ type: 'leave', id, conversation: 'nonsense' });
  assert.is(fixture.sent.length, 20);
  assert.equal(fixture.closes, []);
});

test('an ended connection leaves its conversations and answers nothing', async () => {
  await fixture.authenticate();
  await fixture.join(NAME);
  await fixture.receive({ type: 'join', id: 'late', conversation: `${NAME}2` });
  const [joined, pending] = fixture.hub.joins;
  fixture.desktop.session.end();
  assert.is(joined?.hasLeft, true);
  assert.is(pending?.hasLeft, true);
  pending?.letIn({ position: { epoch: 'e', offset: 1, tag: 't' }, recovered: true });
  await fixture.receive({ type: 'ping' }, { type: 'join', id: 'x', conversation: NAME });
  mock.timers.tick(TOKEN_LIFE_SECONDS * 1000 + WEBSOCKET_LIMITS.expiryGraceMs);
  assert.equal(fixture.sent, []);
  assert.equal(fixture.closes, []);
  assert.is(fixture.hub.joins.length, 2);
});

test.run();
