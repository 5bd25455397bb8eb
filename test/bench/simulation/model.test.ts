import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorOf, lastCheck } from '../../../bench/simulation/check-table.ts';
import { appendsOfCall } from '../../../bench/simulation/commands.ts';
import { measuredCosts } from '../../../bench/simulation/costs.ts';
import { CALL, CALLS_AN_HOUR, DEFAULTS } from '../../../bench/simulation/deployment.ts';
import { EventHeap } from '../../../bench/simulation/event-heap.ts';
import { agentsAt, limits } from '../../../bench/simulation/limits.ts';
import { steady } from '../../../bench/simulation/steady.ts';
import {
  peakPerSecond,
  seeded,
  simulateWave,
  socketIoBackoff,
  timeUntil,
} from '../../../bench/simulation/waves.ts';
import { deploySettings } from '../../../scripts/deploy/settings/settings-table.ts';

const costs = measuredCosts();
const wave = {
  relays: 2,
  connectSeconds: 0.004,
  pendingMax: 2_500,
  patience: 10,
  backoff: socketIoBackoff,
  end: Number.POSITIVE_INFINITY,
};

test('the model has the defaults of a deployment', () => {
  const { relayConcurrency, relayMax, functionMax, redisSizeGb } = deploySettings;
  assert.equal(
    [relayConcurrency.fallback, relayMax.fallback, functionMax.fallback, redisSizeGb.fallback],
    [DEFAULTS.relayConcurrency, DEFAULTS.relayMaxInstances, DEFAULTS.functionMaxInstances, DEFAULTS.redisGib],
  );
});

test('the call is that of docs/costs.md', () => {
  assert.is(CALLS_AN_HOUR, 5);
  assert.equal(CALL, { messages: 120, interimsEach: 25, suggestions: 60 });
});

test('the settings are those of .env.sample', () => {
  const sample = readFileSync(new URL('../../../.env.sample', import.meta.url), 'utf8');
  const settingOf = (name: string) => Number(new RegExp(`^#${name}=(\\d+)$`, 'm').exec(sample)?.[1]);
  assert.is(settingOf('RELAY_CONCURRENCY'), DEFAULTS.relayConcurrency);
  assert.is(settingOf('RELAY_MAX_INSTANCES'), DEFAULTS.relayMaxInstances);
  assert.is(settingOf('FUNCTION_MAX_INSTANCES'), DEFAULTS.functionMaxInstances);
  assert.is(settingOf('REDIS_SIZE_GB'), DEFAULTS.redisGib);
});

test('a call of one message and two interim transcripts', () => {
  const commands = appendsOfCall({ messages: 1, interimsEach: 2, suggestions: 0 });
  assert.is(commands.spublish, 5);
  assert.is(commands.xadd, 3);
  assert.is(commands.sismember, 3 + 6);
  assert.is(commands.hdel, 1);
  assert.is(commands.rename, 0);
});

test('ids of interim transcripts move to the older set with every 512', () => {
  const renames = (interimsEach: number) =>
    appendsOfCall({ messages: 1, interimsEach, suggestions: 0 }).rename;
  assert.equal([512, 513, 1_024, 1_025].map(renames), [0, 1, 1, 2]);
});

test('twice the agents are twice the events and no fewer relays and shards', () => {
  for (const agents of [100, 10_000, 500_000]) {
    const [one, two] = [steady(agents, DEFAULTS, costs), steady(2 * agents, DEFAULTS, costs)];
    assert.ok(Math.abs(two.events / one.events - 2) < 1e-9);
    assert.ok(two.relays >= one.relays && two.shards >= one.shards);
    assert.ok(two.shardBusy <= DEFAULTS.busyPart);
  }
});

test('a limit is enough at its number of agents, and not beyond', () => {
  for (const limit of limits(DEFAULTS, costs)) {
    const agents = agentsAt(limit, DEFAULTS, costs);
    assert.ok(limit.need(steady(agents, DEFAULTS, costs)) <= limit.limit, limit.what);
    assert.ok(limit.need(steady(agents * 1.01 + 2, DEFAULTS, costs)) > limit.limit, limit.what);
  }
});

test('the pauses of Socket.IO are within its bounds', () => {
  const random = seeded(7);
  for (const [failures, least, most] of [
    [0, 0.5, 1.5],
    [1, 1, 3],
    [2, 2, 5],
    [9, 5, 5],
  ] as const) {
    const pauses = Array.from({ length: 1_000 }, () => socketIoBackoff(failures, random));
    assert.ok(Math.min(...pauses) >= Math.min(least, 5) && Math.max(...pauses) <= most, String(failures));
  }
});

test('every desktop comes back, after its pause', () => {
  const { joins, failures } = simulateWave({ ...wave, starts: Array(500).fill(0), random: seeded(1) });
  assert.is(joins.length, 500);
  assert.is(failures, 0);
  assert.ok(Math.min(...joins) >= 0.5 && timeUntil(1, joins, 500) < 1.5 + 500 * wave.connectSeconds);
  assert.ok(peakPerSecond(joins) <= 500);
});

test('desktops that a relay cannot take in time come again', () => {
  const slow = { ...wave, relays: 1, connectSeconds: 0.1, starts: Array(200).fill(0), random: seeded(1) };
  const { joins, failures } = simulateWave(slow);
  assert.is(joins.length, 200);
  assert.ok(failures > 0);
});

test('what is pushed into the heap comes out in the order of its times', () => {
  const random = seeded(3);
  const times = Array.from({ length: 1_000 }, random);
  const heap = new EventHeap<number>();
  for (const time of times) heap.push(time, time);
  const popped: number[] = [];
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) popped.push(next.at);
  assert.equal(
    popped,
    times.toSorted((one, other) => one - other),
  );
});

test('in the recorded run the counts of events and deliveries are those of the model', () => {
  const { rows } = lastCheck();
  const exact = rows.filter(({ phase, isExact }) => phase === 'calls' && isExact);
  assert.ok(exact.length > 10);
  for (const row of exact) assert.ok(Math.abs(errorOf(row)) <= 0.01, row.what);
});

test.run();
