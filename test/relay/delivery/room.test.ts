import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appendTo, hearAll, ids, next, play, settled } from './scene.ts';
import { turns } from './simulated-relay.ts';

test('a member whose own read is ahead of the others skips what it has, and they get it from the channel', async () => {
  const scene = play();
  const early = scene.join('start');
  await scene.relay.drain();
  scene.append();
  const late = scene.join('start');
  for (let n = 0; n < 2; n++) await next(scene);
  assert.equal([ids(early).length, ids(late).length], [2, 3]);
  hearAll(scene);
  assert.equal([ids(early).length, ids(late).length], [3, 3]);
  await settled(scene);
});

test('members that joined at different times share one read for a gap', async () => {
  const scene = play();
  for (let n = 0; n < 5; n++) {
    scene.join('start');
    scene.append();
    await scene.relay.drain();
  }
  scene.append();
  scene.relay.channel.next();
  scene.append();
  const { reads } = scene.relay;
  await scene.relay.drain();
  assert.is(scene.relay.reads - reads, 1);
  assert.is(scene.relay.repairs, 1);
  await settled(scene);
});

test('a failover between the read of a newcomer and the others is told to the newcomer alone', async () => {
  const scene = play();
  const early = scene.join('start');
  await scene.relay.drain();
  scene.relay.channel.disconnect(0);
  scene.append();
  scene.append();
  const newcomer = scene.join('start');
  for (let n = 0; n < 2; n++) await next(scene);
  scene.log.goBack(2);
  appendTo(scene, 3);
  await settled(scene);
  assert.equal(early.resets, []);
  assert.is(newcomer.resets.length, 1);
});

test('a reset told to everybody spares the newcomer that is past it', async () => {
  const scene = play({ historySize: 3 });
  const early = scene.join('start');
  await scene.relay.drain();
  scene.relay.channel.disconnect(0);
  appendTo(scene, 5);
  const newcomer = scene.join('start');
  for (let n = 0; n < 2; n++) await next(scene);
  await settled(scene);
  assert.is(early.resets.length, 1);
  assert.equal(newcomer.resets, []);
});

test('a lost last message is found when the room compares itself with the log', async () => {
  const scene = play();
  const member = scene.join('start');
  await scene.relay.drain();
  scene.append();
  scene.relay.channel.next();
  await scene.relay.drain();
  assert.is(ids(member).length, 2);
  scene.relay.checkIdle();
  await scene.relay.drain();
  assert.is(ids(member).length, 3);
});

test('interim transcripts that a failover took back do not silence the next ones after the reconnect', async () => {
  const scene = play();
  const member = scene.join('start');
  await scene.relay.drain();
  for (let n = 0; n < 3; n++) scene.say(0);
  hearAll(scene);
  scene.log.goBack(2);
  scene.relay.channel.disconnect(0);
  scene.relay.channel.reconnect();
  await scene.relay.drain();
  scene.say(0);
  hearAll(scene);
  assert.is(member.interims.length, 4);
  assert.equal(member.resets, []);
});

test('a repair whose read fails is repeated', async () => {
  const scene = play();
  const member = scene.join('start');
  await scene.relay.drain();
  scene.append();
  scene.relay.channel.next();
  scene.append();
  hearAll(scene);
  await next(scene);
  scene.relay.fail(0);
  await scene.relay.drain();
  assert.equal(ids(member), ['e1', 'e2', 'e3', 'e4']);
  assert.is(scene.relay.repairs, 2);
  await settled(scene);
});

test('two hundred members that join at once while the conversation goes on all have everything', async () => {
  const scene = play({ pageSize: 3 });
  for (let n = 0; n < 200; n++) {
    scene.join(n % 3 === 0 ? 'live' : 'start');
    if (n % 10 === 0) scene.append();
    if (n % 15 === 0) scene.say(n % 2);
    for (let steps = 0; steps < 3; steps++) scene.relay.step(n * 7 + steps);
    if (n % 50 === 25) scene.relay.channel.disconnect(1);
    if (n % 50 === 35) scene.relay.channel.reconnect();
    await turns();
  }
  await settled(scene);
  assert.is(scene.present.length, 200);
});

test.run();
