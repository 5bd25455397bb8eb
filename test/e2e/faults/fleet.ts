import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSigningKey } from '../../../relay/identity/rotation/key-source.ts';
import { createTokens, type Tokens } from '../../../relay/identity/tokens.ts';
import { startChild } from '../../../scripts/local/child.ts';
import { onFreePort } from '../../../scripts/local/free-port.ts';
import { type RunningFunction, startFunction } from '../../../scripts/local/functions-host.ts';
import { LOOPBACK_ONLY } from '../../../scripts/local/loopback-preload.ts';
import type { Fixture } from '../../helpers/fixture.ts';
import { type FrontDoor, openFrontDoor } from '../../helpers/front-door.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';

const DIST = fileURLToPath(new URL('../../../dist/', import.meta.url));
const START_LIMIT_MS = 60_000;

/** A relay that comes back on the port it had. */
export interface RelayNode {
  port: number;
  /** Of its present process. */
  pid(): number;
  /** Sends the signal and resolves with the milliseconds until the process was gone. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number>;
  start(): Promise<void>;
}

/** Built relays behind one front door, and two processes of one built function, all over the Redis at one port. */
export interface Fleet {
  relays: RelayNode[];
  /** The two processes of the function `new-message-event`. */
  functionUrls: string[];
  /** Where desktops connect; its connections can be cut. */
  door: FrontDoor;
  tokens: Tokens;
}

/**
 * @param fixture stops the fleet.
 * @param settings variables beside those that every relay and function of the fleet has.
 */
export async function startFleet(
  fixture: Fixture,
  redisPort: number,
  relayCount = 2,
  settings: NodeJS.ProcessEnv = {},
): Promise<Fleet> {
  const directory = fixture.directory();
  const keyFile = join(directory, 'jwt_secret_key');
  await writeFile(keyFile, randomBytes(48).toString('base64url'), { mode: 0o600 });
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    GCP_PROJECT_ID: TEST_PROJECT,
    REDISHOST: '127.0.0.1',
    REDISPORT: String(redisPort),
    JWT_SECRET_KEY_PATH: keyFile,
    LOG_LEVEL: 'warn',
    NODE_ENV: 'production',
    ...settings,
  };
  const key = await readSigningKey(keyFile);
  const relays = await Promise.all(
    Array.from({ length: relayCount }, (_, index) =>
      startRelayNode(env, join(directory, `relay-${index}.log`)),
    ),
  );
  for (const relay of relays) fixture.defer(() => relay.end('SIGKILL'));
  const functions: RunningFunction[] = await Promise.all(
    [0, 1].map((index) =>
      startFunction('new-message-event', {
        directory: join(DIST, 'functions'),
        env,
        logFileOf: () => join(directory, `function-${index}.log`),
      }),
    ),
  );
  for (const { child } of functions) fixture.defer(() => child.stop());
  const door = fixture.keep(await openFrontDoor(relays.map(({ port }) => port)));
  return {
    relays,
    functionUrls: functions.map(({ url }) => url),
    door,
    tokens: createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 3600, keyRing: () => [key] }),
  };
}

async function startRelayNode(env: NodeJS.ProcessEnv, logFile: string): Promise<RelayNode> {
  const startOn = (at: number) =>
    startChild({
      name: 'the relay',
      command: process.execPath,
      args: [...LOOPBACK_ONLY, join(DIST, 'relay/main.js')],
      env: { ...env, PORT: String(at) },
      logFile,
      isReady: () => answers(`http://127.0.0.1:${at}/health`),
      port: at,
      startLimitMs: START_LIMIT_MS,
    });
  let [port, child] = await onFreePort(async (free) => [free, await startOn(free)] as const);
  return {
    port,
    pid: () => child.process.pid ?? 0,
    start: async () => {
      child = await startOn(port);
    },
    end: async (signal) => {
      const running = child.process;
      if (running.exitCode !== null || running.signalCode !== null) return 0;
      const startedAt = Date.now();
      const gone = new Promise((resolve) => running.once('exit', resolve));
      running.kill(signal);
      await gone;
      return Date.now() - startedAt;
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
