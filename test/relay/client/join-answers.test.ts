// Requests that are answered late, twice or never.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CONVERSATION, clientFixture, connectedClient, joinedClient } from './client-fixture.ts';

test('a request that a lost connection left unanswered is not reported as unanswered', async () => {
  const fixture = await connectedClient();
  fixture.relay.script = ({ type }) => type === 'join';
  void fixture.client.join(CONVERSATION);
  await fixture.settle();
  fixture.relay.reachable = 'no';
  await fixture.cut();
  await fixture.advance(30_000);
  assert.equal(fixture.seen.error, []);
});

test('a second answer to the same request is not taken', async () => {
  const fixture = await joinedClient();
  await fixture.publish(2);
  const [request] = fixture.joins();
  const answer = { id: request?.id, conversation: CONVERSATION, cursor: '0', recovered: true };
  fixture.socket.peer.send({ type: 'joined', ...answer });
  fixture.socket.peer.send({ type: 'error', ...answer, code: 'bad-cursor', message: 'no' });
  await fixture.settle();
  assert.is(fixture.seen.joined.length, 1);
  await fixture.publish();
  assert.is(fixture.received.length, 3);
});

test('a request that is not answered within 10 s is repeated', async () => {
  const fixture = await connectedClient();
  let isDeaf = true;
  fixture.relay.script = ({ type }) => type === 'join' && isDeaf;
  const joined = fixture.client.join(CONVERSATION);
  await fixture.advance(9_999);
  assert.equal([fixture.joins().length, fixture.seen.error.length], [1, 0]);
  await fixture.advance(1);
  assert.equal(
    fixture.seen.error.map(({ code, conversation }) => [code, conversation]),
    [['timeout', CONVERSATION]],
  );
  isDeaf = false;
  await fixture.advance(1_000);
  assert.is(fixture.joins().length, 2);
  await joined;
});

const OTHER = 'projects/demo-project/conversations/c2';

/** A client that has joined OTHER and has asked for CONVERSATION, of which the relay says nothing. */
async function unansweredClient() {
  const fixture = await connectedClient();
  await fixture.join({}, OTHER);
  let answer = () => {};
  fixture.relay.script = (frame, session) => {
    if (frame.type !== 'join') return false;
    answer = () => session.join(frame);
    return true;
  };
  void fixture.client.join(CONVERSATION);
  await fixture.settle();
  return {
    ...fixture,
    answer: () => answer(),
    asked: () => fixture.joins().filter(({ conversation }) => conversation === CONVERSATION).length,
    /** Lets time pass in which the relay sends an event of OTHER each second. */
    async busyFor(seconds: number) {
      for (let second = 0; second < seconds; second++) {
        await fixture.publish(1, OTHER);
        await fixture.advance(1_000);
      }
    },
  };
}

test('a request is not repeated while frames of another conversation arrive', async () => {
  const fixture = await unansweredClient();
  await fixture.busyFor(130);
  assert.is(fixture.asked(), 1);
  fixture.answer();
  await fixture.settle();
  await fixture.advance(30_000);
  assert.equal([fixture.asked(), fixture.seen.error.length], [1, 0]);
});

test('a request is repeated when the relay falls silent', async () => {
  const fixture = await unansweredClient();
  await fixture.busyFor(15);
  await fixture.advance(20_000);
  assert.is(fixture.asked(), 2);
});

test('a request that is not answered within 5 minutes is repeated while frames arrive', async () => {
  const fixture = await unansweredClient();
  await fixture.busyFor(300);
  assert.is(fixture.asked(), 1);
  await fixture.busyFor(2);
  assert.is(fixture.asked(), 2);
});

test('a late answer to a repeated request does not answer the repetition', async () => {
  const fixture = clientFixture();
  for (let n = 0; n < 3; n++) fixture.relay.publish(CONVERSATION);
  await fixture.connect();
  let first: (() => void) | undefined;
  fixture.relay.script = (frame, session) => {
    if (frame.type !== 'join' || first) return false;
    first = () => session.join(frame);
    return true;
  };
  const joined = fixture.client.join(CONVERSATION);
  await fixture.advance(10_700);
  // The second request is on its way when the relay answers the first with all it has, and then the second.
  assert.is(fixture.joins().length, 1);
  first?.();
  await fixture.advance(100);
  await joined;
  assert.equal(fixture.received, ['1', '2', '3']);
});

test('an answer that comes late, but before the request is repeated, is taken', async () => {
  const fixture = clientFixture();
  fixture.relay.publish(CONVERSATION);
  await fixture.connect();
  let answer = () => {};
  fixture.relay.script = (frame, session) => {
    if (frame.type !== 'join') return false;
    answer = () => session.join(frame);
    return true;
  };
  const joined = fixture.client.join(CONVERSATION);
  await fixture.advance(10_100);
  answer();
  await fixture.settle();
  await joined;
  await fixture.advance(5_000);
  assert.is(fixture.joins().length, 1);
  assert.equal(fixture.received, ['1']);
});

test.run();
