import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, createWorld } from './client-fixture.ts';

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
  await world.cut();
  await world.advance(2_000);
  assert.is(world.seen.joined.at(-1)?.recovered, true);
  assert.is(world.seen.reset.length, 1, 'it is told once');
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

test('a conversation that the relay takes the client out of is told and given up, and the others go on', async () => {
  const world = createWorld();
  const other = `${CONVERSATION}-other`;
  await world.connect();
  await world.join();
  const joined = world.client.join(other);
  await world.advance(0);
  await joined;
  const notice = { code: 'not-allowed', message: 'access is denied', conversation: CONVERSATION };
  for (const session of world.relay.sessions) session.send({ type: 'error', ...notice });
  await world.advance(0);
  assert.equal(world.seen.error, [notice]);
  await world.cut();
  await world.advance(2_000);
  assert.equal(
    world.joins().map(({ conversation }) => conversation),
    [CONVERSATION, other, other],
  );
});

test.run();
