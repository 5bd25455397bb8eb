// Redis as the cause, played for real: no memory left, no replica that has to be there, and a replica in place of a primary.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../../helpers/redis.ts';
import type { RelayProcess } from '../../../helpers/relay-program.ts';
import { until } from '../../../helpers/until.ts';
import { IncidentFixture, WAIT_MS } from './incident-fixture.ts';
import { assertNamed, runbookRow } from './runbook.ts';

const KIND = 'new-message-event';
const fixture = new IncidentFixture(test);
let relay: RelayProcess;
let messages: string;

test.before(async () => {
  [relay, messages] = await Promise.all([fixture.startRelay(), fixture.startFunction(KIND)]);
});

/** Puts a setting of Redis back, and waits until the relay has noticed. */
async function mend(name: string, value: string): Promise<void> {
  await fixture.redis.config('SET', name, value);
  await until(async () => (await readiness(relay)) === 'well', WAIT_MS, 'the relay finds Redis well again');
}

/** Whether the relay finds Redis well. */
async function readiness({ url }: Pick<RelayProcess, 'url'>): Promise<'well' | 'ill'> {
  const text = await (await fetch(`${url}/ready`)).text();
  return /takes no writes|read-only/.test(text) ? 'ill' : 'well';
}

const untilIll = (which: RelayProcess) =>
  until(async () => (await readiness(which)) === 'ill', WAIT_MS, 'the relay has noticed');

test('a full Redis is named with what makes it larger', async () => {
  const row = runbookRow('Redis full');
  const conversation = uniqueConversation();
  const desktop = await fixture.joined(relay, conversation);
  await fixture.deliver(messages, conversation);
  await until(() => desktop.events.length === 1, WAIT_MS);
  await fixture.redis.config('SET', 'maxmemory-policy', 'noeviction');
  await fixture.redis.config('SET', 'maxmemory', '1mb');
  await untilIll(relay);
  assert.is(await fixture.deliver(messages, conversation), 500);
  const ended = await fixture.run(row.command, conversation, relay);
  await mend('maxmemory', '0');
  assertNamed(row, ended);
  assert.match(ended.output, /^note {2}functions: .* could not append 1 event \(Redis: OOM\)/m);
});

test('a primary that lacks replicas is named with its setting', async () => {
  const row = runbookRow('Redis read-only, without replicas');
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  await fixture.redis.config('SET', 'min-replicas-to-write', '1');
  await untilIll(relay);
  const ended = await fixture.run(row.command, conversation, relay);
  await mend('min-replicas-to-write', '0');
  assertNamed(row, ended);
});

test('a replica in the place of the primary is named as read-only', async () => {
  const row = runbookRow('Redis read-only');
  const conversation = uniqueConversation();
  await fixture.joined(relay, conversation);
  const other = await fixture.startRedis();
  await fixture.redis.replicaof(other.host, other.port);
  await untilIll(relay);
  const ended = await fixture.run(row.command, conversation, relay);
  await fixture.redis.replicaof('NO', 'ONE');
  await until(async () => (await readiness(relay)) === 'well', WAIT_MS);
  assertNamed(row, ended);
});

test.run();
