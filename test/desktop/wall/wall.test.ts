import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Wall } from '../../../relay/desktop/wall/wall.ts';
import { type Listed, listedCall } from './listed.ts';

let now = 0;
const newWall = () => new Wall(undefined, () => now);
const show = (wall: Wall, ...calls: Listed[]) => wall.show({ calls: calls.map(listedCall), isCut: false });
const order = (wall: Wall) => wall.order.value.map(({ id }) => id);

test.before.each(() => {
  now = 0;
});

test('the most urgent call is first, and a call keeps its tile', () => {
  const wall = newWall();
  show(wall, { id: 'a' }, { id: 'b' });
  const tile = wall.tileOf('projects/p/conversations/b');
  show(wall, { id: 'a' }, { id: 'b', flags: ['SILENCE'] }, { id: 'c' });
  assert.equal(order(wall), ['b', 'a', 'c']);
  assert.is(wall.order.value[0], tile);
  show(wall, { id: 'c' });
  assert.equal(order(wall), ['c']);
});

test('a list without a change changes nothing that is shown', () => {
  const wall = newWall();
  show(wall, { id: 'a' }, { id: 'b' });
  const [shown, call] = [wall.order.value, wall.order.value[0]?.call.value];
  show(wall, { id: 'a' }, { id: 'b' });
  assert.is(wall.order.value, shown);
  assert.is(wall.order.value[0]?.call.value, call);
});

test('calls keep their places while somebody points at them, and new ones come last', async () => {
  const wall = newWall();
  show(wall, { id: 'a' }, { id: 'b' });
  wall.hold();
  show(wall, { id: 'b', flags: ['SILENCE'] }, { id: 'a' }, { id: 'c', flags: ['UNRECOVERABLE_ERROR'] });
  assert.equal(order(wall), ['a', 'b', 'c']);
  now = 10_000;
  show(wall, { id: 'b', flags: ['SILENCE'] }, { id: 'a' }, { id: 'c', flags: ['UNRECOVERABLE_ERROR'] });
  assert.equal(order(wall), ['c', 'b', 'a']);
  await sleep(0);
});

test('a flag and a part of the id choose calls at once', () => {
  const wall = newWall();
  show(wall, { id: 'a-1', flags: ['SILENCE'] }, { id: 'b-1' }, { id: 'b-2', flags: ['SILENCE'] });
  wall.hold();
  wall.flag.value = 'SILENCE';
  assert.equal(order(wall), ['a-1', 'b-2']);
  wall.query.value = 'B-';
  assert.equal(order(wall), ['b-2']);
  wall.chooseAll();
  assert.equal(order(wall), ['a-1', 'b-2', 'b-1']);
});

test('another threshold of the sentiment flags calls without another list', () => {
  const wall = newWall();
  show(wall, { id: 'a' }, { id: 'b', score: -0.3 });
  assert.is(wall.counts.value.flagged, 0);
  wall.thresholds.value = { ...wall.thresholds.value, lowSentiment: -0.2 };
  assert.is(wall.counts.value.byFlag.get('LOW_SENTIMENT'), 1);
});

test('counts tell calls in progress from ended ones', () => {
  const wall = newWall();
  show(wall, { id: 'a', flags: ['SILENCE'] }, { id: 'b' }, { id: 'c', stage: 'ENDED' });
  const { all, live, flagged } = wall.counts.value;
  assert.equal([all, live, flagged], [3, 2, 1]);
});

test('a grave flag is announced once, and not with the first list', () => {
  const wall = newWall();
  const needs = { id: 'a', flags: ['HUMAN_INTERVENTION_NEEDED'] };
  show(wall, needs);
  assert.equal(wall.alerts.value, []);
  show(wall, needs, { id: 'b', flags: ['UNRECOVERABLE_ERROR', 'SILENCE'] });
  const alerts = wall.alerts.value;
  assert.equal(
    alerts.map(({ tile, flag }) => [tile.id, flag]),
    [['b', 'UNRECOVERABLE_ERROR']],
  );
  show(wall, needs, { id: 'b', flags: ['UNRECOVERABLE_ERROR'] });
  assert.is(wall.alerts.value, alerts);
});

test('Tab reaches the call that had the focus last, else the first one', () => {
  const wall = newWall();
  show(wall, { id: 'a' }, { id: 'b' });
  assert.is(wall.tabStop.value?.id, 'a');
  wall.current.value = wall.order.value[1]?.name;
  assert.is(wall.tabStop.value?.id, 'b');
  show(wall, { id: 'a' });
  assert.is(wall.tabStop.value?.id, 'a');
});

test.run();
