import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { onFreePort } from './free-port.ts';
import { isAnswered } from './is-answered.ts';
import { LOOPBACK_ONLY } from './loopback-preload.ts';
import { type Restartable, startRestartable } from './restartable.ts';

export interface RelayProcessOptions {
  /** The bundle that the build made. */
  main: string;
  /** Default: a free one. */
  port?: number | undefined;
  dialogflowEndpoint: string;
  /** The project, Redis, and the variables that a process needs. */
  env: NodeJS.ProcessEnv;
  logFile: string;
}

export interface RelayProcess extends Restartable {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: string;
  /** What it signs tokens with, the same after a restart. */
  signingKey: string;
}

const START_LIMIT_MS = 45_000;
const KEY_BYTES = 48;

/** Starts the built relay with the desktop page, a signing key of its own, and registration open to anybody. */
export async function startRelay(options: RelayProcessOptions): Promise<RelayProcess> {
  const { main, dialogflowEndpoint, env, logFile } = options;
  let { port } = options;
  if (!existsSync(main)) throw new Error(`${main} is missing: run npm run build`);
  const keyFolder = await mkdtemp(join(tmpdir(), 'agent-assist-key-'));
  const removeKey = () => rm(keyFolder, { recursive: true, force: true });
  const keyFile = join(keyFolder, 'jwt_secret_key');
  const signingKey = randomBytes(KEY_BYTES).toString('base64url');
  await writeFile(keyFile, signingKey, { mode: 0o600 });
  const startOn = (at: number) =>
    startChild({
      name: 'the relay',
      command: process.execPath,
      args: [...LOOPBACK_ONLY, main],
      env: {
        ...env,
        NODE_ENV: 'production',
        PORT: String(at),
        AUTH_OPTION: 'Skip',
        DESKTOP: 'on',
        JWT_SECRET_KEY_PATH: keyFile,
        DIALOGFLOW_ENDPOINT: dialogflowEndpoint,
        DIALOGFLOW_WEBCHANNEL_ENDPOINT: dialogflowEndpoint,
      },
      logFile,
      isReady: () => isAnswered(`http://127.0.0.1:${at}/ready`),
      port: at,
      startLimitMs: START_LIMIT_MS,
    });
  /** Each start after the first is on the port of the first. */
  const start = async () => {
    if (port !== undefined) return startOn(port);
    return onFreePort(async (free) => {
      const started = await startOn(free);
      port = free;
      return started;
    });
  };
  try {
    const relay = await startRestartable(start);
    const stop = async () => {
      await relay.stop();
      await removeKey();
    };
    return { ...relay, stop, url: `http://127.0.0.1:${port}`, signingKey };
  } catch (error) {
    await removeKey();
    throw error;
  }
}
