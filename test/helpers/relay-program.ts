import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/build/bundle-options.ts';
import { copyLuaScripts } from '../../scripts/build/lua-scripts.ts';
import { startChild } from '../../scripts/local/child.ts';
import { onFreePort } from '../../scripts/local/free-port.ts';
import type { Fixture } from './fixture.ts';
import { type Ended, runNode } from './process.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const START_LIMIT_MS = 60_000;
const SIGNING_KEY = 'a key for tests, of more than 32 bytes';

/** The relay as the build bundles it, in a folder of its own. */
export interface RelayProgram {
  directory: string;
  /**
   * Starts it on a free loopback port; resolves when it is alive. The fixture stops it.
   *
   * @param command what runs `main.js`; default this Node.
   */
  start(env: Record<string, string>, command?: readonly [string, ...string[]]): Promise<RelayProcess>;
  /** Starts one that is expected to end by itself. */
  run(env: Record<string, string>): Promise<Ended>;
}

export interface RelayProcess {
  url: string;
  port: number;
  pid: number;
  /** All that it has written, to standard output and error. */
  output(): string;
  stop(): Promise<void>;
}

/**
 * @param fixture removes what is built.
 * @param signingKey what the file holds that JWT_SECRET_KEY_PATH names.
 */
export async function buildRelay(fixture: Fixture, signingKey = SIGNING_KEY): Promise<RelayProgram> {
  const directory = fixture.directory();
  const main = join(directory, 'main.js');
  await build({
    entryPoints: { main: join(ROOT, 'relay/main.ts') },
    outdir: directory,
    ...bundleOptions,
    logLevel: 'error',
  });
  await copyLuaScripts('relay', directory);
  writeFileSync(join(directory, 'package.json'), '{"type":"module","version":"1.2.3"}');
  writeFileSync(join(directory, 'client.js'), '// not needed here');
  const keyFile = join(directory, 'key');
  writeFileSync(keyFile, signingKey);
  const envOf = (env: Record<string, string>, port: number) => ({
    PATH: process.env.PATH,
    GCP_PROJECT_ID: 'demo-project',
    JWT_SECRET_KEY_PATH: keyFile,
    PORT: String(port),
    ...env,
  });

  async function startOn(
    env: Record<string, string>,
    [command, ...args]: readonly [string, ...string[]],
    port: number,
  ): Promise<RelayProcess> {
    const url = `http://127.0.0.1:${port}`;
    const logFile = join(directory, `${port}.log`);
    const child = await startChild({
      name: 'the relay',
      command,
      args: [...args, main],
      env: envOf(env, port),
      logFile,
      isReady: async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok ?? false,
      port,
      startLimitMs: START_LIMIT_MS,
    });
    fixture.defer(() => child.stop());
    return {
      url,
      port,
      pid: child.process.pid ?? 0,
      output: () => readFileSync(logFile, 'utf8'),
      stop: child.stop,
    };
  }

  return {
    directory,
    start: (env, command = [process.execPath]) => onFreePort((port) => startOn(env, command, port)),
    run: (env) => runNode([main], { env: envOf(env, 0), timeout: START_LIMIT_MS }),
  };
}
