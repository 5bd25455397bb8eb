import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, clientFixture, connectedClient, joinedClient, rejection } from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

test('joining what is joined, or about to be, gives the same membership', async () => {
  const fixture = clientFixture();
  const first = fixture.client.join(CONVERSATION);
  const second = fixture.client.join(CONVERSATION.replace('/conv', '/locations/us-central1/conv'));
  await fixture.connect();
  const third = fixture.client.join(CONVERSATION);
  assert.is(await second, await first);
  assert.is(await third, await first);
  assert.is(fixture.joins().length, 1);
});

test('after leave() no event is handed over, also none that is on its way', async () => {
  const fixture = await joinedClient();
  await fixture.publish();
  fixture.relay.publish(CONVERSATION);
  fixture.client.leave(CONVERSATION.replace('/conv', '/locations/global/conv'));
  await fixture.settle();
  await fixture.publish();
  assert.equal(fixture.received, ['1']);
  assert.is(fixture.relay.received.at(-1)?.type, 'leave');
  assert.is([...fixture.relay.sessions][0]?.joined.size, 0);
  await fixture.cut();
  await fixture.advance(2_000);
  assert.is(fixture.joins().length, 1, 'it is not joined again');
});

test('a membership has only its name, its cursor and leave(), and is frozen', async () => {
  const fixture = await connectedClient();
  const membership = await fixture.join();
  assert.equal(Object.keys(membership).sort(), ['conversation', 'cursor', 'leave']);
  assert.is(Object.getPrototypeOf(membership), Object.prototype);
  assert.ok(Object.isFrozen(membership));
  await fixture.publish();
  assert.is(membership.cursor, fixture.seen.event.at(-1)?.cursor);
});

test('a membership leaves too, and leaving what is not joined does nothing', async () => {
  const fixture = await connectedClient();
  const membership = await fixture.join();
  membership.leave();
  membership.leave();
  fixture.client.leave(OTHER);
  await fixture.settle();
  assert.is(fixture.relay.received.filter(({ type }) => type === 'leave').length, 1);
  assert.equal(fixture.seen.error, []);
});

test('leaving and joining again at once gives the conversation so far once', async () => {
  const fixture = clientFixture();
  for (let n = 0; n < 3; n++) fixture.relay.publish(CONVERSATION);
  await fixture.connect();
  void fixture.client.join(CONVERSATION).catch(() => {});
  fixture.client.leave(CONVERSATION);
  await fixture.join();
  assert.equal(fixture.received, ['1', '2', '3']);
});

test('a join that is left before it is through is rejected', async () => {
  const fixture = clientFixture();
  const waiting = fixture.client.join(CONVERSATION);
  fixture.client.leave(CONVERSATION);
  assert.is((await rejection(waiting)).code, 'left');
  await fixture.connect();
  assert.is(fixture.joins().length, 0);
});

test('a pending join rejects when the client closes, and a join on a closed client', async () => {
  const fixture = await connectedClient();
  fixture.relay.script = ({ type }) => type === 'join';
  const waiting = fixture.client.join(CONVERSATION);
  fixture.client.close();
  assert.is((await rejection(waiting)).code, 'closed');
  assert.is((await rejection(fixture.client.join(CONVERSATION))).code, 'closed');
  assert.is(fixture.clock.pending, 0);
});

test('one conversation by two names is one membership: the newer', async () => {
  const fixture = clientFixture();
  const byNumber = CONVERSATION.replace('demo-project', '1234567890');
  fixture.relay.script = (frame, session) => {
    if (frame.type === 'join') session.join({ ...frame, conversation: CONVERSATION });
    return frame.type === 'join';
  };
  await fixture.connect();
  await fixture.join();
  const membership = await fixture.join({ after: null }, byNumber);
  assert.is(membership.conversation, CONVERSATION);
  await fixture.publish();
  assert.is(fixture.received.length, 1);
  await fixture.cut();
  await fixture.advance(2_000);
  assert.equal(
    fixture
      .joins()
      .slice(2)
      .map(({ conversation, after }) => [conversation, after]),
    [[CONVERSATION, fixture.seen.event[0]?.cursor]],
  );
  fixture.client.leave(byNumber);
  await fixture.publish();
  assert.is(fixture.received.length, 1);
});

test('a join that another name overtakes is rejected', async () => {
  const fixture = clientFixture();
  const byNumber = CONVERSATION.replace('demo-project', '1234567890');
  let held = false;
  fixture.relay.script = (frame, session) => {
    if (frame.type !== 'join') return false;
    if (held) session.join({ ...frame, conversation: CONVERSATION });
    held = true;
    return true;
  };
  await fixture.connect();
  const overtaken = rejection(fixture.client.join(CONVERSATION));
  await fixture.join({}, byNumber);
  assert.is((await overtaken).code, 'left');
});

test.run();
