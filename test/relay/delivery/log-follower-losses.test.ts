import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PAGE_SIZE } from '../../../relay/delivery/log-follower.ts';
import { toCursor } from '../../../shared/stream/position.ts';
import { follow, names } from './followed-log.ts';

test('a held message that the log has lost is not delivered', async () => {
  const { log, follower, told, append, hear } = follow(['a']);
  append('b');
  hear();
  log.goBack(1);
  await follower.catchUp();
  assert.equal(told, ['a']);
});

test('a log that went back makes the follower start again', async () => {
  const { log, follower, told, append, hear } = follow(['a', 'b', 'c'], 'top');
  log.goBack(2);
  append('B', 'C', 'D');
  hear();
  await follower.catchUp();
  assert.equal(told, [`reset ${log.top.epoch}.0.0`, 'a', 'B', 'C', 'D']);
});

test('an event whose offset was given out twice shows that the log went back', () => {
  const { log, follower, append, hear } = follow(['a', 'b'], 'top');
  log.goBack(1);
  append('B');
  hear();
  assert.ok(follower.isBehind);
});

test('another life of the log makes the follower start again', async () => {
  const { log, follower, told, append, hear } = follow(['a'], 'top');
  log.lose();
  append('b', 'c');
  hear();
  await follower.catchUp();
  assert.equal(told, [`reset ${log.top.epoch}.0.0`, 'b', 'c']);
});

test('a log that is gone makes the follower start again with nothing', async () => {
  const { log, follower, told, append, hear } = follow(['a'], 'top');
  log.lose();
  await follower.catchUp();
  assert.equal(told, ['reset 0']);
  append('b');
  hear();
  assert.equal(told, ['reset 0', 'b']);
});

test('a log lost between two pages makes the follower start again', async () => {
  const { log, follower, told, append, whileReading } = follow(names('e', PAGE_SIZE + 1));
  whileReading.push(() => {
    log.lose();
    append('new');
  });
  await follower.catchUp();
  assert.equal(told.slice(PAGE_SIZE), [`reset ${log.top.epoch}.0.0`, 'new']);
});

test('events that are no longer retained are skipped with a reset', async () => {
  const { log, follower, told, append } = follow(['a'], 'top', 2);
  append('b', 'c', 'd', 'e');
  const [first] = log.retained;
  await follower.catchUp();
  assert.equal(told, [`reset ${log.top.epoch}.3.${first?.previousTag}`, 'd', 'e']);
});

test('events that have all expired are skipped with a reset to the top', async () => {
  const { log, follower, told, append } = follow(['a'], 'top');
  append('b', 'c');
  log.expire();
  await follower.catchUp();
  assert.equal(told, [`reset ${toCursor(log.top)}`]);
  assert.not(follower.isBehind);
});

test('events that have expired after they were delivered are not missed', async () => {
  const { log, follower, told } = follow(['a'], 'top');
  log.expire();
  await follower.catchUp();
  assert.equal(told, []);
});

test.run();
