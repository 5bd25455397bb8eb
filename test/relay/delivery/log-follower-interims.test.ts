import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { follow } from './followed-log.ts';
import { eventNamed, interimNamed } from './simulated-log.ts';

test('an interim transcript shows that the log went back before its events catch up', () => {
  const { log, follower, hear } = follow(['a', 'b'], 'top');
  log.goBack(1);
  log.append(interimNamed('i', 'u'));
  hear();
  assert.ok(follower.isBehind);
});

test('open interim transcripts follow the events in order, without repetition', async () => {
  const { log, follower, told, append, hear, whileReading } = follow(['a']);
  log.append(interimNamed('i1', 'u'));
  log.append(interimNamed('i2', 'v'));
  log.append(interimNamed('i3', 'u'));
  append('b');
  whileReading.push(hear);
  await follower.catchUp();
  assert.equal(told, ['a', 'b', 'i2', 'i3']);
  await follower.catchUp();
  assert.equal(told, ['a', 'b', 'i2', 'i3']);
});

test('an interim transcript that the channel lost is found with the next one', async () => {
  const { log, follower, told, channel, hear } = follow(['a'], 'top');
  log.append(interimNamed('i1', 'u'));
  channel.next();
  log.append(interimNamed('i2', 'v'));
  hear();
  assert.equal(told, []);
  assert.ok(follower.isBehind);
  await follower.catchUp();
  assert.equal(told, ['i1', 'i2']);
});

test('an interim transcript of a finished utterance is not delivered', async () => {
  const { log, follower, told, hear, whileReading } = follow(['a']);
  log.append(interimNamed('i', 'u'));
  log.append(eventNamed('end', { closes: 'u' }));
  whileReading.push(hear);
  await follower.catchUp();
  assert.equal(told, ['a', 'end']);
});

test('after a reset the open interim transcripts come again', async () => {
  const { log, follower, told, hear, append } = follow(['a'], 'top', 1);
  log.append(interimNamed('i', 'u'));
  hear();
  append('b', 'c');
  await follower.catchUp();
  assert.equal(
    told.filter((line) => !line.startsWith('reset')),
    ['i', 'c', 'i'],
  );
});

test('interim numbers that were taken back are followed after the next read', async () => {
  const { log, follower, told, hear } = follow(['a'], 'top');
  log.append(interimNamed('i1', 'u'));
  log.append(interimNamed('i2', 'u'));
  hear();
  log.goBack(1);
  await follower.catchUp();
  log.append(interimNamed('I2', 'u'));
  hear();
  assert.equal(told, ['i1', 'i2', 'I2']);
});

test.run();
