import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ConnectionPace } from '../../shared/redis-connection-pace.ts';

const NOW = 1_800_000_000_000;

test('20 connections open at once, the next ones at 10 a second', () => {
  const pace = new ConnectionPace();
  const waits = Array.from({ length: 23 }, () => Math.round(pace.take(NOW)));
  assert.equal(new Set(waits.slice(0, 20)), new Set([0]));
  assert.equal(waits.slice(20), [100, 200, 300]);
});

test('connections that come slower than 10 a second do not wait', () => {
  const pace = new ConnectionPace();
  for (let second = 0; second < 50; second++) assert.is(pace.take(NOW + second * 1_000), 0);
});

test.run();
