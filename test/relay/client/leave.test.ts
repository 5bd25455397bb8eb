import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, createWorld, rejection } from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

test('joining what is joined, or about to be, gives the same membership', async () => {
  const world = createWorld();
  const first = world.client.join(CONVERSATION);
  const second = world.client.join(CONVERSATION.replace('/conv', '/locations/us-central1/conv'));
  await world.connect();
  const third = world.client.join(CONVERSATION);
  assert.is(await second, await first);
  assert.is(await third, await first);
  assert.is(world.joins().length, 1);
});

test('after leave() no event is handed over, also none that is on its way', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish();
  world.relay.publish(CONVERSATION);
  world.client.leave(CONVERSATION.replace('/conv', '/locations/global/conv'));
  await world.settle();
  await world.publish();
  assert.equal(world.received, ['1']);
  assert.is(world.relay.received.at(-1)?.type, 'leave');
  assert.is([...world.relay.sessions][0]?.joined.size, 0);
  await world.cut();
  await world.advance(2_000);
  assert.is(world.joins().length, 1, 'it is not joined again');
});

test('a membership leaves too, and leaving what is not joined does nothing', async () => {
  const world = createWorld();
  await world.connect();
  const membership = await world.join();
  membership.leave();
  membership.leave();
  world.client.leave(OTHER);
  await world.settle();
  assert.is(world.relay.received.filter(({ type }) => type === 'leave').length, 1);
  assert.equal(world.seen.error, []);
});

test('leaving and joining again at once gives the conversation so far once', async () => {
  const world = createWorld();
  for (let n = 0; n < 3; n++) world.relay.publish(CONVERSATION);
  await world.connect();
  void world.client.join(CONVERSATION).catch(() => {});
  world.client.leave(CONVERSATION);
  await world.join();
  assert.equal(world.received, ['1', '2', '3']);
});

test('a join that is left before it is through is rejected', async () => {
  const world = createWorld();
  const waiting = world.client.join(CONVERSATION);
  world.client.leave(CONVERSATION);
  assert.is((await rejection(waiting)).code, 'left');
  await world.connect();
  assert.is(world.joins().length, 0);
});

test('a join that is not through when the client closes is rejected, and one on a closed client', async () => {
  const world = createWorld();
  await world.connect();
  world.relay.script = ({ type }) => type === 'join';
  const waiting = world.client.join(CONVERSATION);
  world.client.close();
  assert.is((await rejection(waiting)).code, 'closed');
  assert.is((await rejection(world.client.join(CONVERSATION))).code, 'closed');
  assert.is(world.clock.pending, 0);
});

test('one conversation by two names is one membership: the newer', async () => {
  const world = createWorld();
  const byNumber = CONVERSATION.replace('demo-project', '1234567890');
  world.relay.script = (frame, session) => {
    if (frame.type === 'join') session.join({ ...frame, conversation: CONVERSATION });
    return frame.type === 'join';
  };
  await world.connect();
  await world.join();
  const membership = await world.join({ after: null }, byNumber);
  assert.is(membership.conversation, CONVERSATION);
  await world.publish();
  assert.is(world.received.length, 1);
  await world.cut();
  await world.advance(2_000);
  assert.equal(
    world
      .joins()
      .slice(2)
      .map(({ conversation, after }) => [conversation, after]),
    [[CONVERSATION, world.seen.event[0]?.cursor]],
  );
  world.client.leave(byNumber);
  await world.publish();
  assert.is(world.received.length, 1);
});

test('a join that another name overtakes is rejected', async () => {
  const world = createWorld();
  const byNumber = CONVERSATION.replace('demo-project', '1234567890');
  let held = false;
  world.relay.script = (frame, session) => {
    if (frame.type !== 'join') return false;
    if (held) session.join({ ...frame, conversation: CONVERSATION });
    held = true;
    return true;
  };
  await world.connect();
  const overtaken = rejection(world.client.join(CONVERSATION));
  await world.join({}, byNumber);
  assert.is((await overtaken).code, 'left');
});

test.run();
