// One agent floods the REST side of a relay, while new agents join and call Dialogflow, and good desktops get their
// events.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TestDesktop } from '../../helpers/desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import type { RelayProcess } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';
import { AuthorizerServer } from '../../relay/access/authorizer-server.ts';
import { agentToken } from './agent-token.ts';
import { assertWithstood, countOf, type Service, startAttackers, startRelay } from './attacked-relay.ts';
import { WATCH_MS, watchDesktops } from './good-desktops.ts';

const FLOOD_HEAD_START_MS = 500;
/** What a new agent waits at most for a join, an event and a call, in milliseconds. Without bounds it was 18 s and more. */
const NEW_AGENT_MAX_MS = process.env.TEST_LONG ? 5_000 : 20_000;
const WAIT_MS = 20_000;
/** So slow, in milliseconds, that 1,000 questions take 6 s. Faster ones in greater number would also take the CPU. */
const AUTHORIZER_MS = 200;
/** At the same time. */
const NEW_AGENTS = 10;
const FLOOD = fileURLToPath(new URL('./rest-flood.ts', import.meta.url));

const fixture = redisFixture(test);

interface RestService extends Service {
  /** Of the slowest new agent: a join, an event and a call to Dialogflow. */
  newAgentMs: number;
}

/**
 * Registers the test of a flood.
 *
 * @param name of `FLOODS`.
 * @param check of what is in Redis after it.
 */
export function withstandsFlood(
  name: string,
  connections: number,
  check: (redis: typeof fixture.redis) => Promise<void> = async () => {},
): void {
  const count = countOf(connections);
  test(`${count} connections with ${name} delay no other agent`, async () => {
    const relay = await startSlowRelay();
    const control = await watch(relay);
    const args = [name, String(relay.port), String(count), agentToken('flood')];
    const flood = startAttackers(fixture, FLOOD, args);
    await sleep(FLOOD_HEAD_START_MS);
    const attacked = await watch(relay);
    assert.is(flood.exitCode, null, 'the flood goes on');
    flood.kill('SIGKILL');
    assertWithstood(name, control, attacked);
    assert.ok(attacked.newAgentMs < NEW_AGENT_MAX_MS, `a new agent waited ${attacked.newAgentMs} ms`);
    await check(fixture.redis);
  });
}

/** A relay with a slow authorizer, and a Dialogflow that never answers about one conversation. */
async function startSlowRelay(): Promise<RelayProcess> {
  const authorizer = await fixture.keep(new AuthorizerServer()).start();
  authorizer.reply = (response) =>
    setTimeout(
      () => response.setHeader('content-type', 'application/json').end('{"decision":"allow"}'),
      AUTHORIZER_MS,
    );
  const dialogflow = createServer((request, response) => {
    if (request.url?.endsWith('/slow')) return;
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{}'));
  });
  const DIALOGFLOW_ENDPOINT = `http://127.0.0.1:${await fixture.listen(dialogflow)}`;
  fixture.defer(() => dialogflow.closeAllConnections());
  return startRelay(fixture, { AUTHORIZER_URL: authorizer.url, DIALOGFLOW_ENDPOINT });
}

async function watch(relay: RelayProcess): Promise<RestService> {
  const newAgents = Array.from({ length: NEW_AGENTS }, (_, index) => workOneByOne(relay, index));
  const [service, ...slowest] = await Promise.all([watchDesktops(fixture, relay), ...newAgents]);
  return { ...service, newAgentMs: Math.round(Math.max(...slowest)) };
}

/** One agent after another, of whom the authorizer has not been asked; resolves with the slowest in milliseconds. */
async function workOneByOne(relay: RelayProcess, place: number): Promise<number> {
  const endsAt = performance.now() + WATCH_MS;
  let slowestMs = 0;
  for (let agent = 0; performance.now() < endsAt; agent++) {
    const token = agentToken(`good-${place}-${agent}`);
    const beganAt = performance.now();
    await Promise.all([joinAndGetEvent(relay, token), call(relay, token)]);
    slowestMs = Math.max(slowestMs, performance.now() - beganAt);
  }
  return slowestMs;
}

async function joinAndGetEvent(relay: RelayProcess, token: string): Promise<void> {
  const name = uniqueConversation();
  const desktop = await fixture.keep(new TestDesktop(relay.url, token)).connected();
  assert.equal(await desktop.join(name), [true, name]);
  await fixture.publish(name);
  await until(() => desktop.events.length === 1, WAIT_MS);
  desktop.close();
}

async function call(relay: RelayProcess, token: string): Promise<void> {
  const path = `/v2/projects/${TEST_PROJECT}/locations/global/conversations/good`;
  const signal = AbortSignal.timeout(WAIT_MS);
  const response = await fetch(relay.url + path, { headers: { authorization: token }, signal });
  assert.is(response.status, 200, await response.text());
}
