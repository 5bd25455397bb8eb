import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Position } from '../../../shared/stream/position.ts';
import { hearAll, ids, next, play, settled } from './scene.ts';
import { WatchedMember } from './watched-member.ts';

test('a room that was left while it was behind does not leave the next member without messages', async () => {
  const scene = play();
  const first = scene.join('start');
  await scene.relay.drain();
  scene.append();
  scene.relay.channel.next();
  scene.append();
  hearAll(scene);
  await next(scene);
  scene.leave(first);
  scene.relay.fail(0);
  await scene.relay.drain();
  const second = scene.join('start');
  await scene.relay.drain();
  scene.append();
  await scene.relay.drain();
  assert.is(ids(second).length, 5);
  await settled(scene);
});

test('a member that leaves while it is being answered is given nothing and not kept', async () => {
  for (const before of [0, 2]) {
    const scene = play({ before });
    const member = scene.join('start', 0);
    await scene.relay.drain();
    scene.append();
    await settled(scene);
    assert.equal(ids(member), []);
    assert.ok(scene.relay.room.isEmpty);
  }
});

test('a member that leaves in the middle of a page is given no more of it', async () => {
  const scene = play({ before: 5 });
  const member = scene.join('start', 2);
  await scene.relay.drain();
  assert.equal(ids(member), ['e1', 'e2']);
  await settled(scene);
});

test('a member that leaves before its read is answered is never told that it has joined', async () => {
  const scene = play();
  const member = scene.join('start');
  await next(scene);
  scene.leave(member);
  assert.ok(scene.relay.room.isEmpty);
  await scene.relay.drain();
  assert.is(member.answer, undefined);
});

test('a member that leaves and joins again during its first read is answered once and given everything once', async () => {
  const scene = play();
  const { relay, log } = scene;
  const start: Position = { epoch: '', offset: 0, tag: '0' };
  const member = new WatchedMember(log, start);
  const joins = [relay.join(member, start)];
  await next(scene);
  relay.room.leave(member);
  joins.push(relay.join(member, start));
  // The first read is answered, then the second one sees the log.
  await next(scene);
  await next(scene);
  scene.append();
  hearAll(scene);
  await relay.drain();
  assert.equal(await Promise.all(joins), [true, true]);
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  assert.equal(member.faults, []);
  relay.room.leave(member);
  assert.ok(relay.room.isEmpty);
});

test.run();
