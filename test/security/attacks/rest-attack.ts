// One agent floods the REST side of a relay in a process of its own, while good agents call Dialogflow, join and get
// events. See attack.ts for the strangers.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';
import { AuthorizerServer } from '../../relay/access/authorizer-server.ts';

/** What an instance of the default size has, less what is not the heap. */
const HEAP_MB = 448;
const RSS_MAX_MB = 512;
const RUN_MS = process.env.TEST_LONG ? 20_000 : 4_000;
const FLOOD_HEAD_START_MS = 500;
const CONNECTIONS_MAX = 9_000;
/** What a good agent waits at most, in milliseconds. Before there were bounds, calls waited 18 s and more. */
const ANSWER_MAX_MS = process.env.TEST_LONG ? 20_000 : 10_000;
/** So slow, in milliseconds, that 1,000 questions take 6 s. Faster ones in greater number would also take the CPU. */
const AUTHORIZER_MS = 200;
/** Good agents at the same time. */
const GOOD_AGENTS = 10;
const SIGNING_KEY = 'a key for tests, of more than 32 bytes';
const FLOOD = fileURLToPath(new URL('./rest-flood.ts', import.meta.url));

/** Where both cores are there, the relay has one and everybody else the other. */
const onCore = (core: number, command: string[]): [string, ...string[]] =>
  availableParallelism() > 1 ? ['taskset', '-c', String(core), ...command] : (command as [string]);

const fixture = redisFixture(test);
const { issue } = createTokens({
  projectId: TEST_PROJECT,
  lifetimeSeconds: 3_600,
  keyRing: () => [signingKey(SIGNING_KEY)],
});
const tokenOf = (agent: string) => issue(`oidc:test:${agent}`, '').token;

/** What good agents have seen. */
export interface Seen {
  /** Calls, joins and events that took too long or failed. */
  failures: string[];
  slowestMs: number;
  rssMb: number;
  /** Integration keys in Redis at the end. */
  integrationKeys: number;
}

/**
 * Registers the test of a flood; the long tests have ten times as many connections.
 *
 * @param name of `FLOODS`.
 */
export function withstandsAgent(
  name: string,
  connections: number,
  check: (seen: Seen) => void = () => {},
): void {
  const count = process.env.TEST_LONG ? Math.min(10 * connections, CONNECTIONS_MAX) : connections;
  test(`${count} connections of one agent with ${name} delay no other agent`, async () => {
    const relay = await startRelay();
    const control = await watch(relay);
    const args = [process.execPath, FLOOD, name, String(relay.port), String(count), tokenOf('flood')];
    const [command, ...rest] = onCore(1, args);
    const flood = spawn(command, rest, { stdio: 'inherit' });
    fixture.defer(() => void flood.kill('SIGKILL'));
    await sleep(FLOOD_HEAD_START_MS);
    const attacked = await watch(relay);
    assert.is(flood.exitCode, null, 'the flood goes on');
    flood.kill('SIGKILL');
    const figures = JSON.stringify({ control, attacked });
    console.log(`\n# ${name}: ${figures}`);
    assert.ok(attacked.rssMb < RSS_MAX_MB, figures);
    assert.equal(attacked.failures, [], figures);
    check(attacked);
  });
}

/** A relay with a slow authorizer, and a Dialogflow that never answers about one conversation. */
async function startRelay(): Promise<RelayProcess> {
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
  const program = await buildRelay(fixture, SIGNING_KEY);
  const settings = {
    AUTH_OPTION: 'Skip',
    LOG_LEVEL: 'error',
    AUTHORIZER_URL: authorizer.url,
    DIALOGFLOW_ENDPOINT,
  };
  return program.start(
    { ...fixture.server.env, ...settings },
    onCore(0, [process.execPath, `--max-old-space-size=${HEAP_MB}`]),
  );
}

/** What good agents see of a relay for a while: each joins, gets an event and calls Dialogflow, and the next one comes. */
async function watch(relay: RelayProcess): Promise<Seen> {
  const seen: Seen = { failures: [], slowestMs: 0, rssMb: 0, integrationKeys: 0 };
  const timed = async (what: string, work: Promise<unknown>) => {
    const startedAt = performance.now();
    const inTime = await Promise.race([work.then(() => true), sleep(ANSWER_MAX_MS, false)]).catch(
      (error: Error) => error.message,
    );
    if (inTime !== true) seen.failures.push(`${what}: ${inTime || 'too late'}`);
    seen.slowestMs = Math.max(seen.slowestMs, Math.round(performance.now() - startedAt));
  };
  const endsAt = performance.now() + RUN_MS;
  const play = async (agent: number) => {
    if (performance.now() > endsAt) return;
    const token = tokenOf(`good-${agent}`);
    const name = uniqueConversation();
    const desktop = fixture.keep(new TestDesktop(relay.url, token));
    const arrive = async () => {
      await desktop.connected();
      assert.equal(await desktop.join(name), [true, name]);
      await fixture.publish(name);
      await until(() => desktop.events.length === 1, ANSWER_MAX_MS);
    };
    await Promise.all([timed('a join', arrive()), timed('a call', call(relay, token))]);
    desktop.close();
    seen.rssMb = Math.max(seen.rssMb, Math.round(residentMb(relay.pid)));
    await play(agent + GOOD_AGENTS);
  };
  await Promise.all(Array.from({ length: GOOD_AGENTS }, (_, agent) => play(agent)));
  // Kept under the SHA-256 of the key.
  seen.integrationKeys = (await fixture.redis.keys('*')).filter((key) => /^[0-9a-f]{64}$/.test(key)).length;
  return seen;
}

async function call(relay: RelayProcess, token: string): Promise<void> {
  const path = `/v2/projects/${TEST_PROJECT}/locations/global/conversations/good`;
  const signal = AbortSignal.timeout(ANSWER_MAX_MS);
  const response = await fetch(relay.url + path, { headers: { authorization: token }, signal });
  assert.is(response.status, 200, await response.text());
}

/** Resident memory in megabytes; known on Linux only. */
function residentMb(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
