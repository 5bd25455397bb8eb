import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Runner } from './runner.ts';
import { appendTo, hearAll, ids, newRunner, next, settled } from './runner-steps.ts';
import { turns } from './simulated-relay.ts';
import { WatchedMember } from './watched-member.ts';

test('a member that joins from the start gets all retained events, then live ones', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await runner.relay.drain();
  assert.equal(ids(member), ['e1', 'e2']);
  runner.append();
  hearAll(runner);
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  assert.is(member.answer?.recovered, true);
  await settled(runner);
});

test('a member that joins live is given nothing of what was, and all that comes', async () => {
  const runner = newRunner();
  runner.say(0);
  const member = runner.join('live');
  await runner.relay.drain();
  assert.equal(member.answer, { position: runner.log.top, recovered: true });
  runner.append();
  hearAll(runner);
  assert.equal(ids(member), ['e4']);
  await settled(runner);
});

test('a member that joins live is given what comes between its two reads', async () => {
  const runner = newRunner();
  const member = runner.join('live');
  await next(runner);
  runner.append();
  await runner.relay.drain();
  assert.equal(ids(member), ['e3']);
  await settled(runner);
});

test('a member that comes back with its position is given what it missed', async () => {
  const runner = newRunner();
  const first = runner.join('start');
  await runner.relay.drain();
  runner.leave(first);
  runner.append();
  const again = new WatchedMember(runner.log, first.position);
  await Promise.all([runner.relay.join(again, first.position), runner.relay.drain()]);
  assert.equal(again.answer, { position: first.position, recovered: true });
  assert.equal(ids(again), ['e3']);
});

const UNRECOVERABLE: [string, (play: Runner) => void, string[]][] = [
  ['whose life of the log is over', ({ log }) => log.lose(), ['e3']],
  ['that the log went back before', ({ log }) => log.goBack(1), ['e1', 'e3']],
  ['whose successor has been trimmed', (runner) => appendTo(runner, 3), ['e4', 'e5', 'e6']],
];

for (const [name, happen, expected] of UNRECOVERABLE) {
  test(`a member is told of a position ${name} and gets the log`, async () => {
    const runner = newRunner({ historySize: 3 });
    const first = runner.join('start');
    await runner.relay.drain();
    runner.leave(first);
    happen(runner);
    runner.append();
    const again = new WatchedMember(runner.log, first.position);
    await Promise.all([runner.relay.join(again, first.position), runner.relay.drain()]);
    assert.is(again.answer?.recovered, false);
    assert.equal(ids(again), expected);
    assert.equal(again.resets, []);
    assert.equal(again.faults, []);
  });
}

test('a position at the top is recovered although all events have expired', async () => {
  const runner = newRunner();
  const { top } = runner.log;
  runner.log.expire();
  const member = new WatchedMember(runner.log, top);
  await Promise.all([runner.relay.join(member, top), runner.relay.drain()]);
  assert.equal(member.answer, { position: top, recovered: true });
});

test('a member is answered before its reset when the log is lost in its replay', async () => {
  const runner = newRunner({ pageSize: 1 });
  const member = runner.join('start');
  await next(runner);
  await next(runner);
  runner.log.lose();
  runner.append();
  await settled(runner);
  assert.is(member.answer?.recovered, true);
  assert.is(member.resets.length, 1);
});

test('a replay waits for a slow connection, and new events come once', async () => {
  const runner = new Runner({ before: 3, historySize: 1_000, pageSize: 2, areSlow: true });
  const member = runner.join('start');
  await next(runner);
  for (let n = 0; n < 3; n++) await next(runner);
  runner.append();
  hearAll(runner);
  await turns();
  assert.equal(ids(member), ['e1', 'e2']);
  assert.is(runner.relay.reads, 1);
  await runner.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3', 'e4']);
  await settled(runner);
});

test('a message published between subscribe and read is delivered once', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  runner.append();
  hearAll(runner);
  await runner.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  await settled(runner);
});

test('a member whose own read is behind the others is given the rest by the channel', async () => {
  const runner = newRunner();
  const early = runner.join('start');
  await runner.relay.drain();
  const late = runner.join('start');
  await next(runner);
  runner.append();
  hearAll(runner);
  assert.equal([ids(early).length, ids(late).length], [3, 0]);
  const { reads } = runner.relay;
  await runner.relay.drain();
  assert.equal(ids(late).length, 3);
  assert.is(runner.relay.reads, reads);
  await settled(runner);
});

test('messages lost while a member joins are found by the repair after the reconnect', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await next(runner);
  runner.relay.channel.disconnect(0);
  runner.append();
  runner.relay.channel.reconnect();
  runner.relay.hear();
  runner.relay.step(1);
  await runner.relay.drain();
  assert.is(ids(member).length, 3);
  await settled(runner);
});

test('a join is refused when the log cannot be read, and the room is empty again', async () => {
  const runner = newRunner();
  for (const from of ['start', 'live'] as const) {
    const member = runner.join(from);
    runner.relay.fail(0);
    await runner.relay.drain();
    assert.ok(runner.refused.has(member));
    assert.is(member.answer, undefined);
    assert.ok(runner.relay.room.isEmpty);
  }
});

test('a read that fails after the answer is repeated until it succeeds', async () => {
  const runner = newRunner({ pageSize: 1 });
  const member = runner.join('start');
  for (let n = 0; n < 2; n++) await next(runner);
  assert.equal(ids(member), ['e1']);
  for (let n = 0; n < 3; n++) {
    runner.relay.fail(0);
    await turns();
    // The pause.
    await next(runner);
  }
  await settled(runner);
  assert.equal(ids(member).slice(0, 2), ['e1', 'e2']);
});

test.run();
