import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, clientFixture, connectedClient, joinedClient } from './client-fixture.ts';

test('a log lost while the desktop was away is told by a reset before its events', async () => {
  const fixture = await joinedClient();
  await fixture.publish(2);
  await fixture.cut();
  fixture.relay.loseLog(CONVERSATION);
  fixture.relay.publish(CONVERSATION);
  const order: string[] = [];
  for (const name of ['joined', 'reset', 'event'] as const) fixture.client.on(name, () => order.push(name));
  await fixture.advance(2_000);
  assert.equal(order, ['joined', 'reset', 'event']);
  const cursor = fixture.relay.log(CONVERSATION).cursorAt(0);
  assert.equal(fixture.seen.joined.at(-1), { conversation: CONVERSATION, cursor, recovered: false });
  assert.equal(fixture.seen.reset, [{ conversation: CONVERSATION, cursor }]);
  await fixture.cut();
  await fixture.advance(2_000);
  assert.is(fixture.seen.joined.at(-1)?.recovered, true);
  assert.is(fixture.seen.reset.length, 1, 'it is told once');
});

test('so is one that was lost while the desktop is there', async () => {
  const fixture = await connectedClient();
  const membership = await fixture.join();
  await fixture.publish(2);
  fixture.relay.loseLog(CONVERSATION);
  await fixture.settle();
  const cursor = fixture.relay.log(CONVERSATION).cursorAt(0);
  assert.equal(fixture.seen.reset, [{ conversation: CONVERSATION, cursor }]);
  assert.is(membership.cursor, cursor);
  await fixture.cut();
  fixture.relay.publish(CONVERSATION);
  await fixture.advance(2_000);
  assert.equal(fixture.received, ['1', '2', '3']);
  assert.is(fixture.joins().at(-1)?.after, cursor);
  assert.is(fixture.seen.reset.length, 1);
});

test('a first join without the whole conversation is told by a reset', async () => {
  const fixture = clientFixture();
  await fixture.publish(3);
  fixture.relay.log(CONVERSATION).trimmed = 1;
  await fixture.connect();
  await fixture.join();
  assert.is(fixture.seen.joined[0]?.recovered, false);
  assert.is(fixture.seen.reset.length, 1);
  assert.equal(fixture.received, ['2', '3']);
});

test('a reset that a handler of joined prevented comes on the next connection', async () => {
  const fixture = await joinedClient();
  await fixture.publish(1);
  await fixture.cut();
  fixture.relay.loseLog(CONVERSATION);
  const end = fixture.client.on('joined', () => fixture.client.close());
  await fixture.advance(2_000);
  assert.is(fixture.seen.reset.length, 0);
  end();
  await fixture.connect();
  assert.is(fixture.seen.reset.length, 1);
  assert.is(fixture.seen.joined.at(-1)?.recovered, false);
});

test('no reset of a conversation is told after a handler of joined has left it', async () => {
  const fixture = clientFixture();
  await fixture.publish(3);
  fixture.relay.log(CONVERSATION).trimmed = 1;
  await fixture.connect();
  fixture.client.on('joined', ({ conversation }) => fixture.client.leave(conversation));
  await fixture.join();
  assert.is(fixture.seen.joined.length, 1);
  assert.equal(fixture.seen.reset, []);
  assert.equal(fixture.received, []);
});

test('a relay that cannot read the cursor is asked for everything, with a reset', async () => {
  const fixture = await joinedClient();
  await fixture.publish(2);
  await fixture.cut();
  fixture.relay.script = ({ type, id, after }, session) => {
    if (type !== 'join' || after === '0') return false;
    session.send({ type: 'error', id, code: 'bad-cursor', message: 'after is not a cursor' });
    return true;
  };
  await fixture.advance(2_000);
  assert.is(fixture.seen.reset.length, 1);
  assert.equal(fixture.received, ['1', '2', '1', '2']);
  assert.equal(fixture.seen.error, []);
});

test('one that refuses even the beginning is not asked for ever', async () => {
  const fixture = await joinedClient();
  await fixture.publish(1);
  await fixture.cut();
  fixture.relay.script = ({ type, id }, session) => {
    if (type === 'join') session.send({ type: 'error', id, code: 'bad-cursor', message: 'no' });
    return type === 'join';
  };
  await fixture.advance(60_000);
  assert.equal(fixture.seen.error, [{ code: 'bad-cursor', message: 'no', conversation: CONVERSATION }]);
  assert.is(fixture.joins().length, 3);
});

test('a conversation that is refused when it is joined again is told and given up', async () => {
  const fixture = await joinedClient();
  await fixture.cut();
  fixture.relay.script = ({ type, id }, session) => {
    if (type === 'join') session.send({ type: 'error', id, code: 'bad-conversation', message: 'gone' });
    return type === 'join';
  };
  await fixture.advance(2_000);
  assert.equal(fixture.seen.error, [
    { code: 'bad-conversation', message: 'gone', conversation: CONVERSATION },
  ]);
  await fixture.cut();
  await fixture.advance(2_000);
  assert.is(fixture.joins().length, 2);
});

test('a conversation that the relay withdraws is reported and given up alone', async () => {
  const fixture = clientFixture();
  const other = `${CONVERSATION}-other`;
  await fixture.connect();
  await fixture.join();
  const joined = fixture.client.join(other);
  await fixture.advance(0);
  await joined;
  const notice = { code: 'not-allowed', message: 'access is denied', conversation: CONVERSATION };
  for (const session of fixture.relay.sessions) session.send({ type: 'error', ...notice });
  await fixture.advance(0);
  assert.equal(fixture.seen.error, [notice]);
  await fixture.cut();
  await fixture.advance(2_000);
  assert.equal(
    fixture.joins().map(({ conversation }) => conversation),
    [CONVERSATION, other, other],
  );
});

test.run();
