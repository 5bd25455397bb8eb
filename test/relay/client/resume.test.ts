import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, createWorld } from './world.ts';

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

test('a log that was lost while the desktop was away is told by a reset before what there is', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(2);
  await world.cut();
  world.relay.loseLog(CONVERSATION);
  world.relay.publish(CONVERSATION);
  const order: string[] = [];
  for (const name of ['joined', 'reset', 'event'] as const) world.client.on(name, () => order.push(name));
  await world.advance(2_000);
  assert.equal(order, ['joined', 'reset', 'event']);
  const cursor = world.relay.log(CONVERSATION).cursorAt(0);
  assert.equal(world.seen.joined.at(-1), { conversation: CONVERSATION, cursor, recovered: false });
  assert.equal(world.seen.reset, [{ conversation: CONVERSATION, cursor }]);
});

test('so is one that was lost while the desktop is there', async () => {
  const world = createWorld();
  await world.connect();
  const membership = await world.join();
  await world.publish(2);
  world.relay.loseLog(CONVERSATION);
  await world.settle();
  const cursor = world.relay.log(CONVERSATION).cursorAt(0);
  assert.equal(world.seen.reset, [{ conversation: CONVERSATION, cursor }]);
  assert.is(membership.cursor, cursor);
  await world.cut();
  world.relay.publish(CONVERSATION);
  await world.advance(2_000);
  assert.equal(world.received, ['1', '2', '3']);
  assert.is(world.joins().at(-1)?.after, cursor);
  assert.is(world.seen.reset.length, 1);
});

test('a first join that does not get all of the conversation is told so in the same way', async () => {
  const world = createWorld();
  await world.publish(3);
  world.relay.log(CONVERSATION).trimmed = 1;
  await world.connect();
  await world.join();
  assert.is(world.seen.joined[0]?.recovered, false);
  assert.is(world.seen.reset.length, 1);
  assert.equal(world.received, ['2', '3']);
});

test('a reset that a handler of joined kept from being told is told on the next connection', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(1);
  await world.cut();
  world.relay.loseLog(CONVERSATION);
  const end = world.client.on('joined', () => world.client.close());
  await world.advance(2_000);
  assert.is(world.seen.reset.length, 0);
  end();
  await world.connect();
  assert.is(world.seen.reset.length, 1);
  assert.is(world.seen.joined.at(-1)?.recovered, false);
});

test('no reset of a conversation is told after a handler of joined has left it', async () => {
  const world = createWorld();
  await world.publish(3);
  world.relay.log(CONVERSATION).trimmed = 1;
  await world.connect();
  world.client.on('joined', ({ conversation }) => world.client.leave(conversation));
  await world.join();
  assert.is(world.seen.joined.length, 1);
  assert.equal(world.seen.reset, []);
  assert.equal(world.received, []);
});

test('a relay of another version that cannot read the cursor is asked for everything, with a reset', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(2);
  await world.cut();
  world.relay.script = ({ type, id, after }, session) => {
    if (type !== 'join' || after === '0') return false;
    session.send({ type: 'error', id, code: 'bad-cursor', message: 'after is not a cursor' });
    return true;
  };
  await world.advance(2_000);
  assert.is(world.seen.reset.length, 1);
  assert.equal(world.received, ['1', '2', '1', '2']);
  assert.equal(world.seen.error, []);
});

test('one that refuses even the beginning is not asked for ever', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(1);
  await world.cut();
  world.relay.script = ({ type, id }, session) => {
    if (type === 'join') session.send({ type: 'error', id, code: 'bad-cursor', message: 'no' });
    return type === 'join';
  };
  await world.advance(60_000);
  assert.equal(world.seen.error, [{ code: 'bad-cursor', message: 'no', conversation: CONVERSATION }]);
  assert.is(world.joins().length, 3);
});

test('a conversation that is refused when it is joined again is told and given up', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.cut();
  world.relay.script = ({ type, id }, session) => {
    if (type === 'join') session.send({ type: 'error', id, code: 'bad-conversation', message: 'gone' });
    return type === 'join';
  };
  await world.advance(2_000);
  assert.equal(world.seen.error, [{ code: 'bad-conversation', message: 'gone', conversation: CONVERSATION }]);
  await world.cut();
  await world.advance(2_000);
  assert.is(world.joins().length, 2);
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
