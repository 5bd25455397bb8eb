import { randomBytes, randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSigningKey } from '../relay/identity/rotation/key-source.ts';
import { createTokens } from '../relay/identity/tokens.ts';
import { createCleanup } from '../scripts/local/cleanup.ts';
import { startRedis } from '../scripts/local/redis-server.ts';
import { createRedis, type Redis } from '../shared/redis.ts';
import { KIND, PROJECT } from './event-source.ts';
import { type ServerProcess, startServer } from './node-process.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** What all benchmarks share: a Redis of their own, what is measured, and how its processes are started. */
export interface World {
  workspace: Workspace;
  /** The bench's own connection. */
  redis: Redis;
  /** Environment of every child. */
  env: NodeJS.ProcessEnv;
  /** Makes Redis as if it had just been started. */
  reset(): Promise<void>;
  /** How many messages were published since the last reset. */
  published(): Promise<number>;
  /** A token for one more agent. */
  issueToken(): string;
  startFunction(which: FunctionName): Promise<ServerProcess>;
  /** Our relay; `args` are for Node, `settings` are environment variables. */
  startRelay(args?: readonly string[], settings?: Readonly<Record<string, string>>): Promise<ServerProcess>;
  /** Another server of the workspace. */
  startFloor(script: string, args?: readonly string[]): Promise<ServerProcess>;
  stop(): Promise<void>;
}

/** A function of the workspace. */
export type FunctionName = keyof Workspace['functions'];

const KEY_BYTES = 48;

interface StartOptions {
  scriptArgs?: readonly string[];
  settings?: Readonly<Record<string, string>>;
}

/** Starts Redis and makes the workspace; `profile` names a folder that takes a CPU profile of each server. */
export async function createWorld(profile: string | undefined): Promise<World> {
  const cleanup = createCleanup();
  try {
    const workspace = await createWorkspace();
    cleanup.add(workspace.remove);
    const server = await startRedis();
    cleanup.add(server.stop);
    const redis = createRedis({
      redisHost: server.host,
      redisPort: server.port,
      redisAuth: undefined,
      redisTlsCa: undefined,
    });
    await redis.connect();
    cleanup.add(async () => redis.disconnect());
    const keyFile = join(workspace.directory, 'jwt_secret_key');
    await writeFile(keyFile, randomBytes(KEY_BYTES).toString('base64url'), { mode: 0o600 });

    const key = await readSigningKey(keyFile);
    const tokens = createTokens({ projectId: PROJECT, lifetimeSeconds: 3_600, keyRing: () => [key] });

    const env = {
      PATH: process.env.PATH,
      // Without it the functions framework writes a line for its start, and Express looks up views at every request.
      NODE_ENV: 'production',
      REDISHOST: server.host,
      REDISPORT: String(server.port),
      GCP_PROJECT_ID: PROJECT,
      JWT_SECRET_KEY_PATH: keyFile,
      PORT: '0',
    };
    const start = (
      name: string,
      script: string,
      args: readonly string[],
      { scriptArgs = [], settings = {} }: StartOptions = {},
    ) =>
      startServer({
        name,
        args: ['--import', workspace.preload, ...profileArgs(profile, name), ...args, script, ...scriptArgs],
        env: { ...env, ...settings },
      });
    return {
      workspace,
      redis,
      env,
      reset: async () => {
        await redis.flushall();
        await redis.config('RESETSTAT');
      },
      published: async () => {
        const statistics = await redis.info('commandstats');
        return Number(/^cmdstat_publish:calls=(\d+)/m.exec(statistics)?.[1] ?? 0);
      },
      issueToken: () => tokens.issue(`bench:${randomUUID()}`, 'agent@example.com').token,
      startFunction: (which) =>
        start(`${which}-function`, workspace.framework, [], {
          scriptArgs: functionArguments(workspace, which, 0),
        }),
      startRelay: (args = [], settings = {}) => start('product-relay', workspace.relay, args, { settings }),
      startFloor: (script, args = []) => start('floor', script, args),
      stop: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }
}

/** What the functions framework is started with. */
export function functionArguments({ functions }: Workspace, which: FunctionName, port: number): string[] {
  const target = which === 'floor' ? 'floor' : KIND;
  return [
    `--source=${functions[which]}`,
    `--target=${target}`,
    '--signature-type=cloudevent',
    `--port=${port}`,
  ];
}

let profiles = 0;

function profileArgs(directory: string | undefined, name: string): string[] {
  if (directory === undefined) return [];
  profiles++;
  return ['--cpu-prof', `--cpu-prof-dir=${directory}`, `--cpu-prof-name=${profiles}-${name}.cpuprofile`];
}
