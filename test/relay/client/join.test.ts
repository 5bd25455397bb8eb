import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JoinOptions } from '../../../relay/client/index.ts';
import {
  type ClientFixture,
  CONVERSATION,
  clientFixture,
  connectedClient,
  joinedClient,
  rejection,
} from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

/** Makes the relay answer the next joins with an error. */
function refuse(fixture: ClientFixture, code: string, times = 1): void {
  let left = times;
  fixture.relay.script = ({ type, id }, session) => {
    if (type !== 'join' || left-- <= 0) return false;
    session.send({ type: 'error', id, code, message: `refused: ${code}` });
    return true;
  };
}

test('a join that was made before there is a connection waits for it', async () => {
  const fixture = clientFixture();
  fixture.relay.publish(CONVERSATION);
  const early = fixture.client.join(CONVERSATION);
  await fixture.connect();
  const membership = await early;
  assert.is(membership.conversation, CONVERSATION);
  assert.is(fixture.received.length, 1);
  assert.is(membership.cursor, fixture.seen.event[0]?.cursor);
});

test('a join in each state of the connection leads to one request', async () => {
  for (const at of ['idle', 'connecting', 'ready', 'waiting'] as const) {
    const fixture = clientFixture();
    if (at === 'connecting') fixture.client.connect();
    else if (at !== 'idle') await fixture.connect();
    if (at === 'waiting') await fixture.cut();
    assert.is(fixture.client.state, at);
    const joined = fixture.client.join(CONVERSATION);
    if (at === 'idle') fixture.client.connect();
    await fixture.advance(2_000);
    await joined;
    assert.is(fixture.joins().length, 1, at);
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
    const fixture = clientFixture();
    for (let n = 0; n < 3; n++) fixture.relay.publish(CONVERSATION);
    await fixture.connect();
    await fixture.join(options);
    assert.is(fixture.joins()[0]?.after, after);
    await fixture.publish();
    const expected = after === '0' ? ['1', '2', '3', '4'] : after === undefined ? ['4'] : ['2', '3', '4'];
    assert.equal(fixture.received, expected);
    assert.is(fixture.seen.reset.length, 0);
  });
}

test('every request has an id that none had before, on whatever connection', async () => {
  const fixture = await joinedClient();
  await fixture.join({}, OTHER);
  fixture.client.leave(OTHER);
  await fixture.join({}, OTHER);
  await fixture.cut();
  await fixture.advance(2_000);
  const ids = fixture.relay.received.flatMap(({ id }) => (id === undefined ? [] : [id]));
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
  test(`a join refused with ${code} is rejected and not repeated`, async () => {
    const fixture = await connectedClient();
    refuse(fixture, code);
    const { name, code: given } = await rejection(fixture.join({ after: 'cursor' }));
    assert.equal([name, given], ['ClientError', code]);
    assert.equal(fixture.seen.error, []);
    await fixture.cut();
    await fixture.advance(30_000);
    assert.is(fixture.joins().length, 1);
  });
}

for (const code of ['unavailable', 'not-joined']) {
  test(`a join answered with ${code} is repeated after growing pauses`, async () => {
    const fixture = await connectedClient({ random: () => 1 });
    refuse(fixture, code, 3);
    const joined = fixture.client.join(CONVERSATION);
    await fixture.settle();
    const counts: number[] = [];
    for (const ms of [999, 1, 1_499, 1, 2_499, 1]) {
      await fixture.advance(ms);
      counts.push(fixture.joins().length);
    }
    assert.equal(counts, [1, 2, 2, 3, 3, 4]);
    await joined;
    assert.equal(
      fixture.seen.error,
      Array.from({ length: 3 }, () => ({
        code,
        message: `refused: ${code}`,
        conversation: CONVERSATION,
      })),
    );
    assert.is(fixture.clock.pending, 2, 'only the silence and the renewal are timed');
  });
}

test('those pauses are short again when it could be joined in between', async () => {
  const fixture = await connectedClient({ random: () => 1 });
  refuse(fixture, 'unavailable', 3);
  const joined = fixture.client.join(CONVERSATION);
  await fixture.advance(10_000);
  await joined;
  await fixture.cut();
  refuse(fixture, 'unavailable');
  await fixture.advance(1_000);
  assert.is(fixture.joins().length, 5);
  await fixture.advance(1_000);
  assert.is(fixture.joins().length, 6);
});

test('leaving during such a pause withdraws the join, and sends nothing', async () => {
  const fixture = await connectedClient();
  refuse(fixture, 'unavailable');
  const joined = rejection(fixture.client.join(CONVERSATION));
  await fixture.settle();
  fixture.client.leave(CONVERSATION);
  assert.is((await joined).code, 'left');
  await fixture.advance(20_000);
  assert.equal(
    fixture.relay.received.map(({ type }) => type),
    ['auth', 'join'],
  );
});

test('what is not a name or a cursor is refused before it is sent', async () => {
  const fixture = await connectedClient();
  const join = fixture.client.join as (name: unknown, options?: unknown) => Promise<unknown>;
  for (const args of [
    [7],
    [undefined],
    [CONVERSATION, { after: 7 }],
    [CONVERSATION, { after: {} }],
  ] as const) {
    const { name } = await rejection(join.call(fixture.client, ...args));
    assert.is(name, 'TypeError');
  }
  await fixture.settle();
  assert.is(fixture.joins().length, 0);
});

test.run();
