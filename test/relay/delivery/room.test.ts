import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendTo, hearAll, ids, newRunner, next, settled } from './runner-steps.ts';
import { turns } from './simulated-relay.ts';

test('a member ahead of the room skips what it has, and the room gets it', async () => {
  const runner = newRunner();
  const early = runner.join('start');
  await runner.relay.drain();
  runner.append();
  const late = runner.join('start');
  for (let n = 0; n < 2; n++) await next(runner);
  assert.equal([ids(early).length, ids(late).length], [2, 3]);
  hearAll(runner);
  assert.equal([ids(early).length, ids(late).length], [3, 3]);
  await settled(runner);
});

test('a gap that only the oldest members have is read at once, while the others go on', async () => {
  const runner = newRunner();
  const early = runner.join('start');
  await runner.relay.drain();
  runner.append();
  const late = runner.join('start');
  for (let n = 0; n < 2; n++) await next(runner);
  assert.equal([ids(early).length, ids(late).length], [2, 3]);
  runner.relay.channel.next();
  runner.append();
  await runner.relay.drain();
  assert.is(runner.relay.repairs, 1);
  assert.equal([ids(early).length, ids(late).length], [4, 4]);
  await settled(runner);
});

test('members that joined at different times share one read for a gap', async () => {
  const runner = newRunner();
  for (let n = 0; n < 5; n++) {
    runner.join('start');
    runner.append();
    await runner.relay.drain();
  }
  runner.append();
  runner.relay.channel.next();
  runner.append();
  const { reads } = runner.relay;
  await runner.relay.drain();
  assert.is(runner.relay.reads - reads, 1);
  assert.is(runner.relay.repairs, 1);
  await settled(runner);
});

test('a failover between two reads is told to the new member alone', async () => {
  const runner = newRunner();
  const early = runner.join('start');
  await runner.relay.drain();
  runner.relay.channel.disconnect(0);
  runner.append();
  runner.append();
  const newcomer = runner.join('start');
  for (let n = 0; n < 2; n++) await next(runner);
  runner.log.goBack(2);
  appendTo(runner, 3);
  await settled(runner);
  assert.equal(early.resets, []);
  assert.is(newcomer.resets.length, 1);
});

test('a reset told to everybody spares the newcomer that is past it', async () => {
  const runner = newRunner({ historySize: 3 });
  const early = runner.join('start');
  await runner.relay.drain();
  runner.relay.channel.disconnect(0);
  appendTo(runner, 5);
  const newcomer = runner.join('start');
  for (let n = 0; n < 2; n++) await next(runner);
  await settled(runner);
  assert.is(early.resets.length, 1);
  assert.equal(newcomer.resets, []);
});

test('a lost last message is found when the room compares itself with the log', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await runner.relay.drain();
  runner.append();
  runner.relay.channel.next();
  await runner.relay.drain();
  assert.is(ids(member).length, 2);
  runner.relay.checkIdle();
  await runner.relay.drain();
  assert.is(ids(member).length, 3);
});

test('interim transcripts taken back by a failover do not silence the next ones', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await runner.relay.drain();
  for (let n = 0; n < 3; n++) runner.say(0);
  hearAll(runner);
  runner.log.goBack(2);
  runner.relay.channel.disconnect(0);
  runner.relay.channel.reconnect();
  await runner.relay.drain();
  runner.say(0);
  hearAll(runner);
  assert.is(member.interims.length, 4);
  assert.equal(member.resets, []);
});

test('a repair whose read fails is repeated', async () => {
  const runner = newRunner();
  const member = runner.join('start');
  await runner.relay.drain();
  runner.append();
  runner.relay.channel.next();
  runner.append();
  hearAll(runner);
  await next(runner);
  runner.relay.fail(0);
  await runner.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3', 'e4']);
  assert.is(runner.relay.repairs, 2);
  await settled(runner);
});

test('two hundred members that join during a conversation all have everything', async () => {
  const runner = newRunner({ pageSize: 3 });
  for (let n = 0; n < 200; n++) {
    runner.join(n % 3 === 0 ? 'live' : 'start');
    if (n % 10 === 0) runner.append();
    if (n % 15 === 0) runner.say(n % 2);
    for (let steps = 0; steps < 3; steps++) runner.relay.step(n * 7 + steps);
    if (n % 50 === 25) runner.relay.channel.disconnect(1);
    if (n % 50 === 35) runner.relay.channel.reconnect();
    await turns();
  }
  await settled(runner);
  assert.is(runner.present.length, 200);
});

test.run();
