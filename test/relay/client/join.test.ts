import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JoinOptions } from '../../../relay/client/index.ts';
import { CONVERSATION, createWorld, rejection, type World } from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

/** Makes the relay answer the next joins with an error. */
function refuse(world: World, code: string, times = 1): void {
  let left = times;
  world.relay.script = ({ type, id }, session) => {
    if (type !== 'join' || left-- <= 0) return false;
    session.send({ type: 'error', id, code, message: `refused: ${code}` });
    return true;
  };
}

test('a join that was made before there is a connection waits for it', async () => {
  const world = createWorld();
  world.relay.publish(CONVERSATION);
  const early = world.client.join(CONVERSATION);
  await world.connect();
  const membership = await early;
  assert.is(membership.conversation, CONVERSATION);
  assert.is(world.received.length, 1);
  assert.is(membership.cursor, world.seen.event[0]?.cursor);
});

test('a join in each state of the connection leads to one request', async () => {
  for (const at of ['idle', 'connecting', 'ready', 'waiting'] as const) {
    const world = createWorld();
    if (at === 'connecting') world.client.connect();
    else if (at !== 'idle') await world.connect();
    if (at === 'waiting') await world.cut();
    assert.is(world.client.state, at);
    const joined = world.client.join(CONVERSATION);
    if (at === 'idle') world.client.connect();
    await world.advance(2_000);
    await joined;
    assert.is(world.joins().length, 1, at);
  }
});

for (const [options, after] of [
  [undefined, '0'],
  [{}, '0'],
  [{ after: undefined }, '0'],
  [{ after: '0' }, '0'],
  [{ after: 'life1.1.tag' }, 'life1.1.tag'],
  [{ after: null }, undefined],
] as [JoinOptions | undefined, string | undefined][]) {
  test(`join with ${JSON.stringify(options)} asks for what is after ${after ?? 'now'}`, async () => {
    const world = createWorld();
    for (let n = 0; n < 3; n++) world.relay.publish(CONVERSATION);
    await world.connect();
    await world.join(options);
    assert.is(world.joins()[0]?.after, after);
    await world.publish();
    const expected = after === '0' ? ['1', '2', '3', '4'] : after === undefined ? ['4'] : ['2', '3', '4'];
    assert.equal(world.received, expected);
    assert.is(world.seen.reset.length, 0);
  });
}

test('every request has an id that none had before, on whatever connection', async () => {
  const world = createWorld();
  await world.connect();
  await world.join();
  await world.join({}, OTHER);
  world.client.leave(OTHER);
  await world.join({}, OTHER);
  await world.cut();
  await world.advance(2_000);
  const ids = world.relay.received.flatMap(({ id }) => (id === undefined ? [] : [id]));
  assert.is(ids.length, 6);
  assert.is(new Set(ids).size, 6);
});

for (const code of [
  'bad-conversation',
  'bad-cursor',
  'too-many-joins',
  'not-allowed',
  'bad-frame',
  'code-of-a-later-version',
]) {
  test(`a join that is refused with ${code} is rejected and not asked for again`, async () => {
    const world = createWorld();
    await world.connect();
    refuse(world, code);
    const { name, code: given } = await rejection(world.join({ after: 'cursor' }));
    assert.equal([name, given], ['ClientError', code]);
    assert.equal(world.seen.error, []);
    await world.cut();
    await world.advance(30_000);
    assert.is(world.joins().length, 1);
  });
}

for (const code of ['unavailable', 'not-joined']) {
  test(`a join that is answered with ${code} is asked for again after growing pauses`, async () => {
    const world = createWorld({ random: () => 1 });
    await world.connect();
    refuse(world, code, 3);
    const joined = world.client.join(CONVERSATION);
    await world.settle();
    const counts: number[] = [];
    for (const ms of [999, 1, 1_499, 1, 2_499, 1]) {
      await world.advance(ms);
      counts.push(world.joins().length);
    }
    assert.equal(counts, [1, 2, 2, 3, 3, 4]);
    await joined;
    assert.equal(
      world.seen.error,
      Array.from({ length: 3 }, () => ({
        code,
        message: `refused: ${code}`,
        conversation: CONVERSATION,
      })),
    );
    assert.is(world.clock.pending, 2, 'only the silence and the renewal are timed');
  });
}

test('those pauses are short again when it could be joined in between', async () => {
  const world = createWorld({ random: () => 1 });
  await world.connect();
  refuse(world, 'unavailable', 3);
  const joined = world.client.join(CONVERSATION);
  await world.advance(10_000);
  await joined;
  await world.cut();
  refuse(world, 'unavailable');
  await world.advance(1_000);
  assert.is(world.joins().length, 5);
  await world.advance(1_000);
  assert.is(world.joins().length, 6);
});

test('leaving during such a pause withdraws the join, and sends nothing', async () => {
  const world = createWorld();
  await world.connect();
  refuse(world, 'unavailable');
  const joined = rejection(world.client.join(CONVERSATION));
  await world.settle();
  world.client.leave(CONVERSATION);
  assert.is((await joined).code, 'left');
  await world.advance(20_000);
  assert.equal(
    world.relay.received.map(({ type }) => type),
    ['auth', 'join'],
  );
});

test('what is not a name or a cursor is refused before it is sent', async () => {
  const world = createWorld();
  await world.connect();
  const join = world.client.join as (name: unknown, options?: unknown) => Promise<unknown>;
  for (const args of [
    [7],
    [undefined],
    [CONVERSATION, { after: 7 }],
    [CONVERSATION, { after: {} }],
  ] as const) {
    const { name } = await rejection(join.call(world.client, ...args));
    assert.is(name, 'TypeError');
  }
  await world.settle();
  assert.is(world.joins().length, 0);
});

test.run();
