// One attack on a relay in a process of its own, with good desktops beside it, and the same without the attack. The
// latencies of both are printed. They decide in the long tests, where nothing else runs on the machine.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';
import { SIGNING_KEY } from './agent-token.ts';

/** What an instance of the default size has, less what is not the heap. */
const HEAP_MB = 448;
const RSS_MAX_MB = 512;
const P99_MAX_MS = 250;
const RUN_MS = process.env.TEST_LONG ? 20_000 : 3_000;
/** How long the attack runs before the good desktops are watched, in milliseconds: until all have connected. */
const ATTACK_LEAD_MS = process.env.TEST_LONG ? 15_000 : 2_000;
const PUBLISH_EVERY_MS = 25;
const ARRIVE_EVERY_MS = 250;
const CONNECTIONS_MAX = 9_000;
const STRANGERS = fileURLToPath(new URL('./strangers.ts', import.meta.url));
const AGENTS = fileURLToPath(new URL('./agents.ts', import.meta.url));
/** An arrival that takes longer counts as refused, in milliseconds; not beside other tests, which make all slow. */
const ARRIVAL_MAX_MS = process.env.TEST_LONG ? 5_000 : Number.POSITIVE_INFINITY;

/** Where both cores are there, the relay has one and everybody else the other. */
const onCore = (core: number, command: string[]): [string, ...string[]] =>
  availableParallelism() > 1 ? ['taskset', '-c', String(core), ...command] : (command as [string]);

const fixture = redisFixture(test);

/** Registers the test of an attack by one agent, who has a token: `name` is of `ATTACKS` in `agents.ts`. */
export function withstandsAgent(name: string, connections: number): void {
  withstands(name, connections, AGENTS);
}

/**
 * Registers the test of an attack by strangers; the long tests have ten times as many.
 *
 * @param name of `ATTACKS`.
 */
export function withstands(name: string, connections: number, program = STRANGERS): void {
  const count = process.env.TEST_LONG ? Math.min(10 * connections, CONNECTIONS_MAX) : connections;
  test(`${count} connections with ${name} keep no good desktop out`, async () => {
    const relay = await startRelay();
    const control = await watch(relay);
    const strangers = spawn(
      ...spawnArguments(onCore(1, [process.execPath, program, name, String(relay.port), String(count)])),
    );
    fixture.defer(() => void strangers.kill('SIGKILL'));
    await sleep(ATTACK_LEAD_MS);
    const attacked = await watch(relay);
    assert.is(strangers.exitCode, null, 'the strangers are still there');
    strangers.kill('SIGKILL');
    const figures = JSON.stringify({ control, attacked });
    console.log(`\n# ${name}: ${figures}`);
    assert.ok(attacked.rssMb < RSS_MAX_MB, figures);
    assert.is(attacked.refused, 0, figures);
    if (process.env.TEST_LONG) {
      assert.ok(attacked.p99Ms < Math.max(P99_MAX_MS, 2 * control.p99Ms), figures);
    }
  });
}

const spawnArguments = ([command, ...args]: [string, ...string[]]): [
  string,
  string[],
  { stdio: 'inherit' },
] => [command, args, { stdio: 'inherit' }];

async function startRelay(): Promise<RelayProcess> {
  const program = await buildRelay(fixture, SIGNING_KEY);
  const adminToken = join(fixture.directory(), 'admin-token');
  writeFileSync(adminToken, 'an admin token for tests, of more than 32 bytes');
  return program.start(
    { ...fixture.server.env, AUTH_OPTION: 'Skip', LOG_LEVEL: 'error', ADMIN_TOKEN_PATH: adminToken },
    onCore(0, [process.execPath, `--max-old-space-size=${HEAP_MB}`]),
  );
}

interface Figures {
  p99Ms: number;
  /** Of the slowest arrival. */
  arrivalMs: number;
  refused: number;
  rssMb: number;
}

/** What good desktops see of a relay for a while. */
async function watch(relay: RelayProcess): Promise<Figures> {
  const name = uniqueConversation();
  const desktop = await comeIn(relay, name);
  const published = new Map<string, number>();
  const latencies: number[] = [];
  desktop.socket.on('new-message-event', ({ message_id }) => {
    latencies.push(performance.now() - (published.get(message_id) ?? 0));
  });
  let [refused, rssMb, arrivals, arrivalMs, isOver] = [0, 0, 0, 0, false];
  const arriving = (async () => {
    while (!isOver) {
      const beganAt = performance.now();
      await comeIn(relay, name).then(
        (arrived) => arrived.close(),
        () => refused++,
      );
      const tookMs = performance.now() - beganAt;
      if (tookMs > ARRIVAL_MAX_MS) refused++;
      arrivalMs = Math.max(arrivalMs, tookMs);
      arrivals++;
      await sleep(ARRIVE_EVERY_MS);
    }
  })();
  const endsAt = performance.now() + RUN_MS;
  for (let index = 0; performance.now() < endsAt; index++) {
    const messageId = `${index}`;
    published.set(messageId, performance.now());
    await fixture.publish(name, { messageId });
    rssMb = Math.max(rssMb, rssOf(relay.pid));
    await sleep(PUBLISH_EVERY_MS);
  }
  isOver = true;
  await arriving;
  await until(() => latencies.length === published.size, 10_000);
  desktop.close();
  assert.ok(arrivals > 0);
  latencies.sort((a, b) => a - b);
  return {
    p99Ms: Math.round(latencies[Math.floor(latencies.length * 0.99)] ?? 0),
    arrivalMs: Math.round(arrivalMs),
    refused,
    rssMb: Math.round(rssMb),
  };
}

/** A desktop that registers, connects and joins. */
async function comeIn(relay: RelayProcess, name: string): Promise<TestDesktop> {
  const signal = AbortSignal.timeout(20_000);
  const response = await fetch(`${relay.url}/register`, { method: 'POST', signal });
  const { token } = (await response.json()) as { token: string };
  const arrived = await fixture.keep(new TestDesktop(relay.url, token)).connected();
  assert.is((await arrived.join(name))[0], true);
  return arrived;
}

/** Resident memory in megabytes; known on Linux only. */
function rssOf(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1024;
}
