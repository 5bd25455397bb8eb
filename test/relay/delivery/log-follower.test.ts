import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LogFollower, PAGE_SIZE } from '../../../relay/delivery/log-follower.ts';
import type { StreamPosition } from '../../../relay/delivery/position-order.ts';
import { START } from '../../../shared/stream/position.ts';
import { follow, names } from './followed-log.ts';
import { SimulatedChannel } from './simulated-channel.ts';
import { eventNamed, interimNamed, SimulatedLog } from './simulated-log.ts';

const HELD_MAX_MESSAGES = 1_000;
const MEBIBYTE = 1024 * 1024;

test('a live follower hands on what the channel brings and reads nothing', () => {
  const { follower, told, append, hear, reads } = follow(['a'], 'top');
  append('b', 'c');
  hear();
  assert.equal(told, ['b', 'c']);
  assert.not(follower.isBehind);
  assert.is(reads(), 0);
});

test('one read of the walk fills a gap, and held events are delivered once', async () => {
  const { follower, told, channel, append, hear, reads } = follow(['a'], 'top');
  append('b', 'c');
  channel.next();
  append('d');
  hear();
  assert.ok(follower.isBehind);
  assert.equal(told, []);
  await follower.catchUp();
  assert.equal(told, ['b', 'c', 'd']);
  assert.not(follower.isBehind);
  assert.is(reads(), 1);
});

test('a message published before the read and received during it comes once', async () => {
  const { follower, told, whileReading, hear, append } = follow(['a']);
  append('b');
  whileReading.push(hear);
  await follower.catchUp();
  assert.equal(told, ['a', 'b']);
});

test('a message published after the read and received during it needs no read', async () => {
  const { follower, told, whileReading, hear, append, reads } = follow(['a']);
  whileReading.push(() => {
    append('b');
    hear();
  });
  await follower.catchUp();
  assert.equal(told, ['a', 'b']);
  assert.is(reads(), 1);
});

test('a gap among the messages that came during a read costs one read more', async () => {
  const { follower, told, channel, whileReading, hear, append, reads } = follow(['a']);
  whileReading.push(() => {
    append('b', 'c');
    channel.next();
    hear();
  });
  await follower.catchUp();
  assert.equal(told, ['a', 'b', 'c']);
  assert.is(reads(), 2);
});

test('a long log is read in pages', async () => {
  const events = names('e', 2 * PAGE_SIZE + 1);
  const { follower, told, reads } = follow(events);
  await follower.catchUp();
  assert.equal(told, events);
  assert.is(reads(), 3);
});

test('a log that ends with a page is read in as many reads as it has pages', async () => {
  const { follower, reads } = follow(names('e', 2 * PAGE_SIZE));
  await follower.catchUp();
  assert.is(reads(), 2);
});

test('what is appended between two pages comes once', async () => {
  const events = names('e', PAGE_SIZE + 1);
  const { follower, told, append, hear, whileReading } = follow(events);
  whileReading.push(() => {
    append('late');
    hear();
  });
  await follower.catchUp();
  assert.equal(told, [...events, 'late']);
});

test('a held message that the log has lost is dropped instead of asked for for ever', async () => {
  const { log, follower, told, channel, append, hear, reads } = follow(['a'], 'top');
  append('b', 'c', 'd');
  channel.next();
  hear();
  log.goBack(2);
  await follower.catchUp();
  assert.equal(told, ['b']);
  assert.not(follower.isBehind);
  assert.is(reads(), 1);
});

test('as many messages as fit are held back and cost no further read', async () => {
  const { follower, append, hear, told, whileReading, reads } = follow(['a']);
  whileReading.push(() => {
    append(...names('b', HELD_MAX_MESSAGES));
    hear();
  });
  await follower.catchUp();
  assert.is(told.length, 1 + HELD_MAX_MESSAGES);
  assert.is(reads(), 1);
});

test('more messages than fit are forgotten and read from the log', async () => {
  const more = names('b', HELD_MAX_MESSAGES + 1);
  const { follower, append, hear, told, whileReading, reads } = follow(['a'], START, 2_000);
  whileReading.push(() => {
    append(...more);
    hear();
  });
  await follower.catchUp();
  assert.equal(told, ['a', ...more]);
  assert.is(reads(), 1 + Math.ceil(more.length / PAGE_SIZE));
});

for (const [size, expected] of [
  [MEBIBYTE, 1],
  [MEBIBYTE + 1, 2],
] as const) {
  test(`${size} characters that come during a read take ${expected} reads in all`, async () => {
    const { log, follower, hear, told, whileReading, reads } = follow(['a']);
    whileReading.push(() => {
      log.append(eventNamed('b', { json: 'x'.repeat(MEBIBYTE / 2) }));
      log.append(eventNamed('c', { json: 'x'.repeat(size - MEBIBYTE / 2) }));
      hear();
    });
    await follower.catchUp();
    assert.equal(told, ['a', 'b', 'c']);
    assert.is(reads(), expected);
  });
}

test('messages lost by the channel while a read is under way are found by another read', async () => {
  const { follower, told, channel, append, whileReading, reads } = follow(['a']);
  whileReading.push(() => {
    append('b');
    channel.next();
    follower.distrustChannel();
  });
  await follower.catchUp();
  assert.equal(told, ['a', 'b']);
  assert.is(reads(), 2);
});

test('a live follower that cannot trust the channel any more is behind', () => {
  const { follower, told, append, hear } = follow(['a'], 'top');
  follower.distrustChannel();
  append('b');
  hear();
  assert.ok(follower.isBehind);
  assert.equal(told, []);
});

test('after a failed read the next walk continues where the follower stood', async () => {
  const events = names('e', PAGE_SIZE + 1);
  const { follower, told, whileReading } = follow(events);
  const fail = () => {
    throw new Error('the connection was lost');
  };
  whileReading.push(() => {}, fail);
  await follower.catchUp().then(
    () => assert.unreachable(),
    (error: unknown) => assert.match(String(error), 'the connection was lost'),
  );
  assert.ok(follower.isBehind);
  assert.is(told.length, PAGE_SIZE);
  await follower.catchUp();
  assert.equal(told, events);
});

test('a follower that is stopped during a read delivers nothing more', async () => {
  const { follower, told, append, hear, whileReading } = follow(['a']);
  whileReading.push(() => follower.stop());
  await follower.catchUp();
  append('b');
  hear();
  assert.equal(told, []);
});

test('a follower that is stopped in the middle of a page delivers no more of it', async () => {
  const log = new SimulatedLog();
  for (const id of ['a', 'b', 'c']) log.append(eventNamed(id));
  const told: string[] = [];
  const follower: LogFollower = new LogFollower(
    async (after, limit) => log.read(after, limit),
    {
      deliver: ({ messageId }) => {
        told.push(messageId);
        if (messageId === 'b') follower.stop();
      },
      reset: () => assert.unreachable(),
    },
    { position: START, interims: 0 },
  );
  await follower.catchUp();
  assert.equal(told, ['a', 'b']);
});

test('a message is handed on with the place before it', () => {
  const log = new SimulatedLog();
  const channel = new SimulatedChannel();
  log.subscribe(channel);
  const places: StreamPosition[] = [];
  const follower = new LogFollower(
    () => Promise.reject(new Error('read')),
    { deliver: (_message, from) => places.push(from), reset: () => assert.unreachable() },
    { position: START, interims: 0 },
    { isLive: true },
  );
  log.append(eventNamed('a'));
  log.append(interimNamed('i', 'u'));
  for (const _ of ['a', 'i']) {
    const message = channel.next();
    if (message && message !== 'subscribed') follower.receive(message);
  }
  assert.equal(places, [
    { position: START, interims: 0 },
    { position: log.top, interims: 0 },
  ]);
  assert.equal(follower.at, { position: log.top, interims: 1 });
});

test.run();
