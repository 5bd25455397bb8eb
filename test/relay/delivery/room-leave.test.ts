import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Position } from '../../../shared/stream/position.ts';
import { hearAll, ids, newRunner, next, settled } from './runner-steps.ts';
import { WatchedMember } from './watched-member.ts';

test('a room left while behind leaves the next member its messages', async () => {
  const runner = newRunner();
  const first = runner.join('start');
  await runner.relay.drain();
  runner.append();
  runner.relay.channel.next();
  runner.append();
  hearAll(runner);
  await next(runner);
  runner.leave(first);
  runner.relay.fail(0);
  await runner.relay.drain();
  const second = runner.join('start');
  await runner.relay.drain();
  runner.append();
  await runner.relay.drain();
  assert.is(ids(second).length, 5);
  await settled(runner);
});

test('a member that leaves while it is being answered is given nothing and not kept', async () => {
  for (const before of [0, 2]) {
    const runner = newRunner({ before });
    const member = runner.join('start', 0);
    await runner.relay.drain();
    runner.append();
    await settled(runner);
    assert.equal(ids(member), []);
    assert.ok(runner.relay.room.isEmpty);
  }
});

test('a member that leaves in the middle of a page is given no more of it', async () => {
  const runner = newRunner({ before: 5 });
  const member = runner.join('start', 2);
  await runner.relay.drain();
  assert.equal(ids(member), ['e1', 'e2']);
  await settled(runner);
});

test('a member that leaves before its read is answered gets no joined', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await next(runner);
  runner.leave(member);
  assert.ok(runner.relay.room.isEmpty);
  await runner.relay.drain();
  assert.is(member.answer, undefined);
});

test('leaving and joining again during the first read: one answer, each event once', async () => {
  const runner = newRunner();
  const { relay, log } = runner;
  const start: Position = { epoch: '', offset: 0, tag: '0' };
  const member = new WatchedMember(log, start);
  const joins = [relay.join(member, start)];
  await next(runner);
  relay.room.leave(member);
  joins.push(relay.join(member, start));
  // The first read is answered, then the second one sees the log.
  await next(runner);
  await next(runner);
  runner.append();
  hearAll(runner);
  await relay.drain();
  assert.equal(await Promise.all(joins), [true, true]);
  assert.equal(ids(member), ['e1', 'e2', 'e3']);
  assert.equal(member.faults, []);
  relay.room.leave(member);
  assert.ok(relay.room.isEmpty);
});

test.run();
