import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { bundleOptions } from '../scripts/build/bundle-options.ts';
import { copyLuaScripts } from '../scripts/build/lua-scripts.ts';
import { KIND } from './event-source.ts';

/** A folder with all that is measured, which nobody changes while it is. */
export interface Workspace {
  /** Our function, the floor's, and ours without the list of conversations; each a folder for the functions framework. */
  functions: { product: string; floor: string; unlisted: string };
  relay: string;
  httpPublisher: string;
  webSocketServer: string;
  pingingWebSocketServer: string;
  socketIoServer: string;
  /** Module for `--import`. */
  preload: string;
  /** Main module of the functions framework. */
  framework: string;
  directory: string;
  remove(): Promise<void>;
}

const local = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Takes the list of conversations out of a function. */
const withoutList: Plugin = {
  name: 'without-list',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(conversation-index|list-conversation)\.ts$/ }, () => ({
      path: local('./floor/no-list.ts'),
    })),
};

/** Copies what the build made, so that a build meanwhile does no harm, and bundles the floors in the same way. */
export async function createWorkspace(): Promise<Workspace> {
  const directory = await mkdtemp(join(tmpdir(), 'agent-assist-bench-'));
  const remove = () => rm(directory, { recursive: true, force: true });
  const bundle = async (source: string, name: string) => {
    const outfile = join(directory, name);
    await build({ ...bundleOptions, logLevel: 'error', entryPoints: [local(source)], outfile });
    return outfile;
  };
  try {
    await cp(local('../dist'), join(directory, 'dist'), { recursive: true });
    const floor = join(directory, 'function');
    const unlisted = join(directory, 'unlisted');
    // Loaded as the product is: the framework takes different ways for different kinds of modules.
    for (const folder of [floor, unlisted]) {
      await mkdir(folder);
      for (const file of ['package.json', 'index.mjs']) {
        await cp(join(directory, 'dist/functions', KIND, file), join(folder, file));
      }
    }
    await copyLuaScripts('functions', unlisted);
    await build({
      ...bundleOptions,
      logLevel: 'error',
      entryPoints: [local(`../functions/${KIND}/index.ts`)],
      outfile: join(unlisted, 'index.js'),
      plugins: [withoutList],
    });
    // Where the functions find the framework.
    await symlink(local('../node_modules'), join(directory, 'node_modules'));
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    const [, httpPublisher, webSocketServer, pingingWebSocketServer, socketIoServer, preload] =
      await Promise.all([
        bundle('./floor/function.ts', 'function/index.js'),
        bundle('./floor/http-publisher.ts', 'http-publisher.js'),
        bundle('./floor/web-socket-server.ts', 'web-socket-server.js'),
        bundle('./floor/pinging-web-socket-server.ts', 'pinging-web-socket-server.js'),
        bundle('./floor/socket-io-server.ts', 'socket-io-server.js'),
        bundle('./preload.ts', 'preload.js'),
      ]);
    return {
      functions: { product: join(directory, 'dist/functions', KIND), floor, unlisted },
      relay: join(directory, 'dist/relay/main.js'),
      httpPublisher,
      webSocketServer,
      pingingWebSocketServer,
      socketIoServer,
      preload,
      framework: join(
        createRequire(import.meta.url).resolve('@google-cloud/functions-framework'),
        '../main.js',
      ),
      directory,
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
