import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Play } from './scenario.ts';
import { appendTo, hearAll, ids, next, play, settled } from './scene.ts';
import { turns } from './simulated-relay.ts';
import { WatchedMember } from './watched-member.ts';

test('a member that joins from the start is given all that is retained, then what comes', async () => {
  const scene = play();
  const member = scene.join('start');
  await scene.relay.drain();
  assert.equal(ids(member), ['e1', 'e2']);
  scene.append();
  hearAll(scene);
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  assert.is(member.answer?.recovered, true);
  await settled(scene);
});

test('a member that joins live is given nothing of what was, and all that comes', async () => {
  const scene = play();
  scene.say(0);
  const member = scene.join('live');
  await scene.relay.drain();
  assert.equal(member.answer, { position: scene.log.top, recovered: true });
  scene.append();
  hearAll(scene);
  assert.equal(ids(member), ['e4']);
  await settled(scene);
});

test('a member that joins live is given what comes between its two reads', async () => {
  const scene = play();
  const member = scene.join('live');
  await next(scene);
  scene.append();
  await scene.relay.drain();
  assert.equal(ids(member), ['e3']);
  await settled(scene);
});

test('a member that comes back with its position is given what it missed', async () => {
  const scene = play();
  const first = scene.join('start');
  await scene.relay.drain();
  scene.leave(first);
  scene.append();
  const again = new WatchedMember(scene.log, first.position);
  await Promise.all([scene.relay.join(again, first.position), scene.relay.drain()]);
  assert.equal(again.answer, { position: first.position, recovered: true });
  assert.equal(ids(again), ['e3']);
});

const UNRECOVERABLE: [string, (play: Play) => void, string[]][] = [
  ['whose life of the log is over', ({ log }) => log.lose(), ['e3']],
  ['that the log went back before', ({ log }) => log.goBack(1), ['e1', 'e3']],
  ['whose successor has been trimmed', (scene) => appendTo(scene, 3), ['e4', 'e5', 'e6']],
];

for (const [name, happen, expected] of UNRECOVERABLE) {
  test(`a member that comes back with a position ${name} is told so and given what there is`, async () => {
    const scene = play({ historySize: 3 });
    const first = scene.join('start');
    await scene.relay.drain();
    scene.leave(first);
    happen(scene);
    scene.append();
    const again = new WatchedMember(scene.log, first.position);
    await Promise.all([scene.relay.join(again, first.position), scene.relay.drain()]);
    assert.is(again.answer?.recovered, false);
    assert.equal(ids(again), expected);
    assert.equal(again.resets, []);
    assert.equal(again.faults, []);
  });
}

test('a position at the top is recovered although all events have expired', async () => {
  const scene = play();
  const { top } = scene.log;
  scene.log.expire();
  const member = new WatchedMember(scene.log, top);
  await Promise.all([scene.relay.join(member, top), scene.relay.drain()]);
  assert.equal(member.answer, { position: top, recovered: true });
});

test('a member is answered before it is reset when the log is lost in the middle of its replay', async () => {
  const scene = play({ pageSize: 1 });
  const member = scene.join('start');
  await next(scene);
  await next(scene);
  scene.log.lose();
  scene.append();
  await settled(scene);
  assert.is(member.answer?.recovered, true);
  assert.is(member.resets.length, 1);
});

test('a replay waits between two pages for a slow connection, and what comes meanwhile is delivered once', async () => {
  const scene = new Play({ before: 3, historySize: 1_000, pageSize: 2, areSlow: true });
  const member = scene.join('start');
  await next(scene);
  for (let n = 0; n < 2; n++) await next(scene);
  scene.append();
  hearAll(scene);
  await turns();
  assert.equal(ids(member), ['e1', 'e2']);
  assert.is(scene.relay.reads, 1);
  await scene.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3', 'e4']);
  await settled(scene);
});

test('a message published between subscribe and read is delivered once', async () => {
  const scene = play();
  const member = scene.join('start');
  scene.append();
  hearAll(scene);
  await scene.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  await settled(scene);
});

test('a member whose own read is behind the others is given the rest by the channel', async () => {
  const scene = play();
  const early = scene.join('start');
  await scene.relay.drain();
  const late = scene.join('start');
  await next(scene);
  scene.append();
  hearAll(scene);
  assert.equal([ids(early).length, ids(late).length], [3, 0]);
  const { reads } = scene.relay;
  await scene.relay.drain();
  assert.equal(ids(late).length, 3);
  assert.is(scene.relay.reads, reads);
  await settled(scene);
});

test('messages lost while a member joins are found by the repair after the reconnect', async () => {
  const scene = play();
  const member = scene.join('start');
  await next(scene);
  scene.relay.channel.disconnect(0);
  scene.append();
  scene.relay.channel.reconnect();
  scene.relay.hear();
  scene.relay.step(1);
  await scene.relay.drain();
  assert.is(ids(member).length, 3);
  await settled(scene);
});

test('a join is refused when the log cannot be read, and the room is empty again', async () => {
  const scene = play();
  for (const from of ['start', 'live'] as const) {
    const member = scene.join(from);
    scene.relay.fail(0);
    await scene.relay.drain();
    assert.ok(scene.refused.has(member));
    assert.is(member.answer, undefined);
    assert.ok(scene.relay.room.isEmpty);
  }
});

test('a read that fails after the answer is repeated until it succeeds', async () => {
  const scene = play({ pageSize: 1 });
  const member = scene.join('start');
  for (let n = 0; n < 2; n++) await next(scene);
  assert.equal(ids(member), ['e1']);
  for (let n = 0; n < 3; n++) {
    scene.relay.fail(0);
    await turns();
    // The pause.
    await next(scene);
  }
  await settled(scene);
  assert.equal(ids(member).slice(0, 2), ['e1', 'e2']);
});

test.run();
