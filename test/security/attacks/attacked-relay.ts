// A relay of the default size in a process of its own, and how much an attack may take from it.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as assert from 'uvu/assert';
import type { RedisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { SIGNING_KEY } from './agent-token.ts';

/** What an instance of the default size has, less what is not the heap. */
const HEAP_MB = 448;
const RSS_MAX_MB = 512;
const P99_MAX_MS = 250;
const CONNECTIONS_MAX = 9_000;

/** What good desktops have of a relay. */
export interface Service {
  /** From publishing to a desktop that stays. */
  p99Ms: number;
  /** Of the slowest arrival: register, connect and join. */
  arrivalMs: number;
  /** Arrivals that failed, or took too long. */
  refused: number;
  rssMb: number;
}

export async function startRelay(
  fixture: RedisFixture,
  settings: Readonly<Record<string, string>>,
): Promise<RelayProcess> {
  const program = await buildRelay(fixture, SIGNING_KEY);
  return program.start(
    { ...fixture.server.env, AUTH_OPTION: 'Skip', LOG_LEVEL: 'error', ...settings },
    onCore(0, [process.execPath, `--max-old-space-size=${HEAP_MB}`]),
  );
}

/** Starts a program of attackers, which the fixture ends. */
export function startAttackers(fixture: RedisFixture, program: string, args: string[]): ChildProcess {
  const [command, ...rest] = onCore(1, [process.execPath, program, ...args]);
  const attackers = spawn(command, rest, { stdio: 'inherit' });
  fixture.defer(() => void attackers.kill('SIGKILL'));
  return attackers;
}

/** The long tests have ten times as many connections. */
export const countOf = (connections: number): number =>
  process.env.TEST_LONG ? Math.min(10 * connections, CONNECTIONS_MAX) : connections;

/** Latencies are printed. They decide in the long tests, where nothing else runs on the machine. */
export function assertWithstood(name: string, control: Service, attacked: Service): void {
  const figures = JSON.stringify({ control, attacked });
  console.log(`\n# ${name}: ${figures}`);
  assert.ok(attacked.rssMb < RSS_MAX_MB, figures);
  assert.is(attacked.refused, 0, figures);
  if (process.env.TEST_LONG) {
    assert.ok(attacked.p99Ms < Math.max(P99_MAX_MS, 2 * control.p99Ms), figures);
  }
}

/** Resident memory in megabytes; known on Linux only. */
export function residentMb(pid: number): number {
  if (process.platform !== 'linux') return 0;
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

/** Where both cores are there, the relay has one and everybody else the other. */
function onCore(core: number, command: [string, ...string[]]): [string, ...string[]] {
  return availableParallelism() > 1 ? ['taskset', '-c', String(core), ...command] : command;
}
