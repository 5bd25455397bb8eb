// Requests that are answered late, twice or never.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, createWorld } from './client-fixture.ts';

test('a request that a lost connection left unanswered is not reported as unanswered', async () => {
  const world = createWorld();
  await world.connect();
  world.relay.script = ({ type }) => type === 'join';
  void world.client.join(CONVERSATION);
  await world.settle();
  world.relay.reachable = 'no';
  await world.cut();
  await world.advance(30_000);
  assert.equal(world.seen.error, []);
});

test('a second answer to the same request is not taken', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.publish(2);
  const [request] = world.joins();
  const answer = { id: request?.id, conversation: CONVERSATION, cursor: '0', recovered: true };
  world.socket.peer.send({ type: 'joined', ...answer });
  world.socket.peer.send({ type: 'error', ...answer, code: 'bad-cursor', message: 'no' });
  await world.settle();
  assert.is(world.seen.joined.length, 1);
  await world.publish();
  assert.is(world.received.length, 3);
});

test('a request that is not answered within 10 s is repeated', async () => {
  const world = createWorld();
  await world.connect();
  let isDeaf = true;
  world.relay.script = ({ type }) => type === 'join' && isDeaf;
  const joined = world.client.join(CONVERSATION);
  await world.advance(9_999);
  assert.equal([world.joins().length, world.seen.error.length], [1, 0]);
  await world.advance(1);
  assert.equal(
    world.seen.error.map(({ code, conversation }) => [code, conversation]),
    [['timeout', CONVERSATION]],
  );
  isDeaf = false;
  await world.advance(1_000);
  assert.is(world.joins().length, 2);
  await joined;
});

test('an answer that comes after its request was repeated is not taken for the answer to the repetition', async () => {
  const world = createWorld();
  for (let n = 0; n < 3; n++) world.relay.publish(CONVERSATION);
  await world.connect();
  let first: (() => void) | undefined;
  world.relay.script = (frame, session) => {
    if (frame.type !== 'join' || first) return false;
    first = () => session.join(frame);
    return true;
  };
  const joined = world.client.join(CONVERSATION);
  await world.advance(10_700);
  // The second request is on its way when the relay answers the first with all it has, and then the second.
  assert.is(world.joins().length, 1);
  first?.();
  await world.advance(100);
  await joined;
  assert.equal(world.received, ['1', '2', '3']);
});

test('an answer that comes late, but before the request is repeated, is taken', async () => {
  const world = createWorld();
  world.relay.publish(CONVERSATION);
  await world.connect();
  let answer = () => {};
  world.relay.script = (frame, session) => {
    if (frame.type !== 'join') return false;
    answer = () => session.join(frame);
    return true;
  };
  const joined = world.client.join(CONVERSATION);
  await world.advance(10_100);
  answer();
  await world.settle();
  await joined;
  await world.advance(5_000);
  assert.is(world.joins().length, 1);
  assert.equal(world.received, ['1']);
});

test.run();
