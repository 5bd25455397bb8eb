import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, createWorld } from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

test('every joined conversation goes on behind the last event that was handed over', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.join({}, OTHER);
  await world.publish(2);
  await world.publish(1, OTHER);
  await world.cut();
  world.relay.publish(CONVERSATION);
  world.relay.publish(OTHER);
  await world.advance(2_000);
  assert.equal(world.received, ['1', '2', '3', '4', '5']);
  assert.equal(
    world
      .joins()
      .slice(2)
      .map(({ conversation, after }) => [conversation, after]),
    [
      [CONVERSATION, world.seen.event[1]?.cursor],
      [OTHER, world.seen.event[2]?.cursor],
    ],
  );
  assert.equal(
    world.seen.joined.map(({ recovered }) => recovered),
    [true, true, true, true],
  );
  assert.is(world.seen.reset.length, 0);
});

test('an event counts as received when its handlers have run, not before, even when one throws', async () => {
  const world = createWorld();
  await world.connect();
  const membership = await world.join();
  const during: string[] = [];
  world.client.on('event', () => {
    during.push(membership.cursor);
    throw new Error('in a handler');
  });
  await world.publish(2);
  assert.equal(during, ['0', world.seen.event[0]?.cursor]);
  assert.is(membership.cursor, world.seen.event[1]?.cursor);
  assert.equal(
    world.seen.error.map(({ code }) => code),
    ['handler', 'handler'],
  );
});

test('a handler that closes and connects the client gets the next event next', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  let isFirst = true;
  world.client.on('event', () => {
    if (!isFirst) return;
    isFirst = false;
    world.client.close();
    world.client.connect();
  });
  await world.publish(3);
  await world.settle();
  assert.equal(world.received, ['1', '2', '3']);
  assert.is(world.sockets.length, 2);
});

test('a conversation joined live resumes where it was joined', async () => {
  const world = createWorld();
  await world.publish(2);
  await world.connect();
  await world.join({ after: null });
  await world.cut();
  world.relay.publish(CONVERSATION);
  await world.advance(2_000);
  assert.equal(world.received, ['3']);
});

test('a join whose answer got lost with the connection is asked as before', async () => {
  const world = createWorld();
  await world.publish(2);
  await world.connect();
  world.relay.script = ({ type }) => type === 'join';
  const joined = world.client.join(CONVERSATION, { after: 'life1.1.tag' });
  await world.settle();
  world.relay.script = undefined;
  await world.cut();
  await world.advance(2_000);
  await joined;
  assert.equal(world.received, ['2']);
  assert.equal(
    world.joins().map(({ after }) => after),
    ['life1.1.tag', 'life1.1.tag'],
  );
});

test('an interim transcript moves the place as well: it carries where the log stands', async () => {
  const world = createWorld();
  await world.connect();
  await world.join({ after: null });
  await world.publish(1);
  const interim = world.relay.publishInterim(CONVERSATION);
  await world.settle();
  await world.cut();
  world.relay.publish(CONVERSATION);
  await world.advance(2_000);
  assert.equal(world.received, ['1', '2', '3']);
  assert.is(world.joins().at(-1)?.after, interim.cursor);
});

test('closing the client keeps its conversations for the next connect()', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(1);
  world.client.close();
  await world.settle();
  await world.publish(1);
  await world.connect();
  assert.equal(world.received, ['1', '2']);
});

test('events before the answer to a join are not handed over', async () => {
  const world = createWorld();
  await world.connect();
  world.relay.script = ({ type }) => type === 'join';
  void world.client.join(CONVERSATION);
  await world.settle();
  const event = world.relay.publish(CONVERSATION);
  world.socket.peer.send({ type: 'event', event });
  world.socket.peer.send({ type: 'reset', conversation: CONVERSATION, cursor: event.cursor });
  world.socket.peer.send({ type: 'event', event: { ...event, conversation_name: OTHER } });
  await world.settle();
  assert.equal(world.received, []);
  assert.equal(world.seen.reset, []);
});

test.run();
