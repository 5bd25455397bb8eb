import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Membership } from '../../../relay/delivery/hub.ts';
import type { Member } from '../../../relay/delivery/member.ts';
import { DeliveryTrail } from '../../../relay/trace/delivery-trail.ts';
import { TRACE_LIMITS } from '../../../relay/trace/limits.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { START } from '../../../shared/stream/position.ts';
import type { ChannelMessage } from '../../../shared/stream/protocol.ts';

const C: ShortName = 'projects/demo-project/conversations/c';

const event = (offset: number, epoch = 'life'): ChannelMessage => ({
  type: 'event',
  position: { epoch, offset, tag: String(offset) },
  previousTag: String(offset - 1),
  kind: 'new-message-event',
  messageId: String(offset),
  json: '{}',
});

/** A hub that lets everybody in when it is told to, and the member that it was given. */
function joined(max = 3) {
  const clock = { now: 100 };
  const trail = new DeliveryTrail({ ...TRACE_LIMITS, timedEventsMax: max }, () => clock.now);
  const received: number[] = [];
  const member: Member = {
    joined: () => {},
    deliver: ({ position }) => received.push(position.offset),
    reset: () => {},
  };
  const live = Promise.withResolvers<void>();
  let given: Member | undefined;
  const hub = trail.follow({
    join(_conversation, traced): Membership {
      given = traced;
      return { ready: live.promise, leave: () => {} };
    },
  });
  hub.join(C, member, START);
  return { trail, clock, member, received, traced: given as unknown as Member, live };
}

const timesIn = (trail: DeliveryTrail) =>
  trail.deliveredOf(C).map(({ position, at }) => [position.offset, at]);

test('a member is at the last event that it was given', async () => {
  const { trail, member, received, traced, clock } = joined();
  assert.equal(trail.stayOf(member)?.position, undefined);
  clock.now = 200;
  traced.joined({ position: START, recovered: true });
  traced.deliver(event(1));
  assert.equal([trail.stayOf(member)?.position?.offset, trail.stayOf(member)?.joinedAt], [1, 200]);
  assert.equal(received, [1]);
  traced.reset({ epoch: 'other', offset: 7, tag: 'x' }, START);
  assert.is(trail.stayOf(member)?.position?.offset, 7);
});

test('a replay has no time of delivery, and a live event has its first', async () => {
  const { trail, traced, live, clock } = joined();
  traced.deliver(event(1));
  live.resolve();
  await live.promise;
  traced.deliver(event(2));
  clock.now = 300;
  traced.deliver(event(2));
  traced.deliver(event(3));
  assert.equal(timesIn(trail), [
    [2, 100],
    [3, 300],
  ]);
});

test('only the newest times are kept, and those of a former history are dropped', async () => {
  const { trail, traced, live } = joined(2);
  live.resolve();
  await live.promise;
  for (const offset of [1, 2, 3]) traced.deliver(event(offset));
  assert.equal(
    timesIn(trail).map(([offset]) => offset),
    [2, 3],
  );
  traced.deliver(event(1, 'another life'));
  assert.equal(
    timesIn(trail).map(([offset]) => offset),
    [1],
  );
});

test('an interim transcript moves nobody', () => {
  const { trail, traced, member } = joined();
  traced.joined({ position: START, recovered: true });
  traced.deliver({ ...event(5), type: 'interim', sequence: 1 } as ChannelMessage);
  assert.is(trail.stayOf(member)?.position?.offset, 0);
});

test.run();
