import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, clientFixture, connectedClient, joinedClient } from './client-fixture.ts';

const OTHER = 'projects/demo-project/conversations/c2';

test('every joined conversation goes on behind the last event that was handed over', async () => {
  const fixture = await joinedClient();
  await fixture.join({}, OTHER);
  await fixture.publish(2);
  await fixture.publish(1, OTHER);
  await fixture.cut();
  fixture.relay.publish(CONVERSATION);
  fixture.relay.publish(OTHER);
  await fixture.advance(2_000);
  assert.equal(fixture.received, ['1', '2', '3', '4', '5']);
  assert.equal(
    fixture
      .joins()
      .slice(2)
      .map(({ conversation, after }) => [conversation, after]),
    [
      [CONVERSATION, fixture.seen.event[1]?.cursor],
      [OTHER, fixture.seen.event[2]?.cursor],
    ],
  );
  assert.equal(
    fixture.seen.joined.map(({ recovered }) => recovered),
    [true, true, true, true],
  );
  assert.is(fixture.seen.reset.length, 0);
});

test('an event counts as received after its handlers, even when one throws', async () => {
  const fixture = await connectedClient();
  const membership = await fixture.join();
  const during: string[] = [];
  fixture.client.on('event', () => {
    during.push(membership.cursor);
    throw new Error('in a handler');
  });
  await fixture.publish(2);
  assert.equal(during, ['0', fixture.seen.event[0]?.cursor]);
  assert.is(membership.cursor, fixture.seen.event[1]?.cursor);
  assert.equal(
    fixture.seen.error.map(({ code }) => code),
    ['handler', 'handler'],
  );
});

test('a handler that closes and connects the client gets the next event next', async () => {
  const fixture = await joinedClient();
  let isFirst = true;
  fixture.client.on('event', () => {
    if (!isFirst) return;
    isFirst = false;
    fixture.client.close();
    fixture.client.connect();
  });
  await fixture.publish(3);
  await fixture.settle();
  assert.equal(fixture.received, ['1', '2', '3']);
  assert.is(fixture.sockets.length, 2);
});

test('a conversation joined live resumes where it was joined', async () => {
  const fixture = clientFixture();
  await fixture.publish(2);
  await fixture.connect();
  await fixture.join({ after: null });
  await fixture.cut();
  fixture.relay.publish(CONVERSATION);
  await fixture.advance(2_000);
  assert.equal(fixture.received, ['3']);
});

test('a join whose answer got lost with the connection is asked as before', async () => {
  const fixture = clientFixture();
  await fixture.publish(2);
  await fixture.connect();
  fixture.relay.script = ({ type }) => type === 'join';
  const joined = fixture.client.join(CONVERSATION, { after: 'life1.1.tag' });
  await fixture.settle();
  fixture.relay.script = undefined;
  await fixture.cut();
  await fixture.advance(2_000);
  await joined;
  assert.equal(fixture.received, ['2']);
  assert.equal(
    fixture.joins().map(({ after }) => after),
    ['life1.1.tag', 'life1.1.tag'],
  );
});

test('an interim transcript moves the place as well: it carries where the log stands', async () => {
  const fixture = await connectedClient();
  await fixture.join({ after: null });
  await fixture.publish(1);
  const interim = fixture.relay.publishInterim(CONVERSATION);
  await fixture.settle();
  await fixture.cut();
  fixture.relay.publish(CONVERSATION);
  await fixture.advance(2_000);
  assert.equal(fixture.received, ['1', '2', '3']);
  assert.is(fixture.joins().at(-1)?.after, interim.cursor);
});

test('closing the client keeps its conversations for the next connect()', async () => {
  const fixture = await joinedClient();
  await fixture.publish(1);
  fixture.client.close();
  await fixture.settle();
  await fixture.publish(1);
  await fixture.connect();
  assert.equal(fixture.received, ['1', '2']);
});

test('events before the answer to a join are not handed over', async () => {
  const fixture = await connectedClient();
  fixture.relay.script = ({ type }) => type === 'join';
  void fixture.client.join(CONVERSATION);
  await fixture.settle();
  const event = fixture.relay.publish(CONVERSATION);
  fixture.socket.peer.send({ type: 'event', event });
  fixture.socket.peer.send({ type: 'reset', conversation: CONVERSATION, cursor: event.cursor });
  fixture.socket.peer.send({ type: 'event', event: { ...event, conversation_name: OTHER } });
  await fixture.settle();
  assert.equal(fixture.received, []);
  assert.equal(fixture.seen.reset, []);
});

test.run();
