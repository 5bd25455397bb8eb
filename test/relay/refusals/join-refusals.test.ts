// Joins, leaves and frames that are refused leave one line and one count, with whose token it was.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { asAdmin, idOf } from '../admin/admin-requests.ts';
import { PHONE } from './refusals-fixture.ts';
import { JOINED_MAX, SocketRefusalsFixture } from './socket-refusals-fixture.ts';

const fixture = new SocketRefusalsFixture(test);

/** Frames of the native protocol after the token, and why each is refused. */
const FRAMES: Record<string, [reason: RefusalReason, frame: unknown]> = {
  'a join of a phone number': ['bad-conversation', { type: 'join', id: 1, conversation: PHONE }],
  'a join of another project': [
    'other-project',
    { type: 'join', id: 1, conversation: 'projects/another/conversations/c' },
  ],
  'a join with a bad cursor': [
    'bad-cursor',
    { type: 'join', id: 1, conversation: uniqueConversation(), after: PHONE },
  ],
  'a leave of what is not joined': [
    'not-joined',
    { type: 'leave', id: 1, conversation: uniqueConversation() },
  ],
  'a leave of a phone number': ['bad-conversation', { type: 'leave', id: 1, conversation: PHONE }],
  'a frame of an unknown type': ['bad-frame', { type: 'shout', text: PHONE }],
  'the token of another agent': ['token-other-subject', { type: 'auth', token: '' }],
};

for (const [what, [reason, frame]] of Object.entries(FRAMES)) {
  test(`${what} is ${reason} on the native protocol`, async () => {
    const from = fixture.address();
    const token = fixture.signed('okta:ann');
    const desktop = await fixture.openNative(from);
    await desktop.ready(token);
    const sent =
      reason === 'token-other-subject' ? { type: 'auth', token: fixture.signed('okta:bob') } : frame;
    const line = await fixture.refusedOnce(reason, () => desktop.send(sent));
    const sub = reason === 'token-other-subject' ? 'okta:bob' : 'okta:ann';
    assert.equal([line.from, line.sub], [from, sub]);
    if (reason === 'bad-cursor')
      assert.is(line.conversation, (frame as { conversation: string }).conversation);
  });
}

/** Arguments of `join-conversation`, and why each is refused. */
const JOINS: Record<string, [reason: RefusalReason, argument: unknown]> = {
  'a phone number': ['bad-conversation', PHONE],
  'a conversation of another project': ['other-project', 'projects/another/conversations/c'],
  'a bad cursor': ['bad-cursor', { conversation: uniqueConversation(), after: PHONE }],
  'a number': ['bad-frame', 5],
};

for (const [what, [reason, argument]] of Object.entries(JOINS)) {
  test(`a join of ${what} is ${reason} on Socket.IO`, async () => {
    const from = fixture.address();
    const token = fixture.signed('okta:ann');
    const desktop = await fixture.desktop({ token, headers: { 'x-forwarded-for': from } });
    const line = await fixture.refusedOnce(reason, () => desktop.join(argument));
    assert.equal([line.from, line.sub, line.jti], [from, 'okta:ann', idOf(token)]);
  });
}

test('a join of what the token does not list is access-denied, with the conversation', async () => {
  const [mine, other] = [uniqueConversation(), uniqueConversation()];
  const token = fixture.secret(fixture.token('okta:listed', { conversations: [mine] }));
  const native = await fixture.nativeDesktop({ token });
  const socketIo = await fixture.desktop({ token });
  for (const join of [() => native.join(other), () => socketIo.join(other)]) {
    const line = await fixture.refusedOnce('access-denied', join);
    assert.equal([line.sub, line.jti, line.conversation], ['okta:listed', idOf(token), other]);
  }
});

test('joins beyond the limits are too-many-joins and limit-joins', async () => {
  const desktop = await fixture.nativeDesktop({ token: fixture.signed('okta:many') });
  for (let index = 0; index < JOINED_MAX; index++) await desktop.join(uniqueConversation());
  const line = await fixture.refusedOnce('too-many-joins', () => desktop.join(uniqueConversation()));
  assert.is(line.sub, 'okta:many');
  const again = await fixture.nativeDesktop({ token: fixture.signed('okta:often') });
  const conversation = uniqueConversation();
  for (let index = 0; index < 4; index++) await again.join(conversation, '0');
  const limited = await fixture.refusedOnce('limit-joins', () => again.join(conversation, '0'));
  assert.equal([limited.sub, limited.conversation], ['okta:often', conversation]);
});

test('a conversation that is revoked while it is joined names desktop and conversation', async () => {
  const conversation = uniqueConversation();
  const token = fixture.signed('okta:loses');
  const desktop = await fixture.nativeDesktop({ token });
  await desktop.join(conversation);
  const line = await fixture.refusedOnce('access-revoked', () =>
    asAdmin(fixture.relay, 'revoke', { conversation }),
  );
  assert.equal([line.sub, line.jti, line.conversation], ['okta:loses', idOf(token), conversation]);
});

test.run();
