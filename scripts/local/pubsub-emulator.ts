import { readdirSync, realpathSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunningChild, startChild } from './child.ts';
import { findExecutable } from './executable.ts';
import { onFreePort } from './free-port.ts';
import { isAnswered } from './is-answered.ts';

/** Google's emulator and the Java that runs it. */
export interface EmulatorProgram {
  java: string;
  jar: string;
}

export type EmulatorSearch = { program: EmulatorProgram } | { missing: string };

/**
 * Looks for the emulator where PUBSUB_EMULATOR says (its jar, or the folder `pubsub-emulator`), else in the Google
 * Cloud SDK that CLOUDSDK_ROOT_DIR names or that the `gcloud` on PATH belongs to; and for Java in JAVA_HOME, else on
 * PATH.
 */
export function findEmulator(env: NodeJS.ProcessEnv): EmulatorSearch {
  const java = findJava(env);
  if (java === undefined) return { missing: 'Java is not installed (neither JAVA_HOME nor PATH has it)' };
  const jar = emulatorPlaces(env)
    .map(jarIn)
    .find((file) => file !== undefined);
  if (jar !== undefined) return { program: { java, jar } };
  return { missing: 'the Pub/Sub emulator is not installed (gcloud components install pubsub-emulator)' };
}

function findJava(env: NodeJS.ProcessEnv): string | undefined {
  const fromHome = env.JAVA_HOME ? findExecutable(join(env.JAVA_HOME, 'bin', 'java')) : undefined;
  return fromHome ?? findExecutable('java', env.PATH);
}

function emulatorPlaces(env: NodeJS.ProcessEnv): string[] {
  if (env.PUBSUB_EMULATOR) return [env.PUBSUB_EMULATOR];
  const gcloud = findExecutable('gcloud', env.PATH);
  const roots = [
    ...(env.CLOUDSDK_ROOT_DIR ? [env.CLOUDSDK_ROOT_DIR] : []),
    // PATH has a link into the SDK's own bin folder.
    ...(gcloud === undefined ? [] : [dirname(dirname(realpathSync(gcloud)))]),
  ];
  return roots.map((root) => join(root, 'platform', 'pubsub-emulator'));
}

function jarIn(place: string): string | undefined {
  try {
    if (statSync(place).isFile()) return place.endsWith('.jar') ? place : undefined;
    const library = join(place, 'lib');
    const jars = readdirSync(library).filter((name) => /^cloud-pubsub-emulator-.*\.jar$/.test(name));
    const newest = jars.sort().at(-1);
    return newest === undefined ? undefined : join(library, newest);
  } catch {
    return undefined;
  }
}

export interface PubsubEmulator extends RunningChild {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  url: string;
}

/** How long Java may take to listen, in milliseconds; about one second on an idle machine. */
const START_LIMIT_MS = 60_000;
/** The emulator logs some twenty lines for every request unless it is told not to. */
const LOGGING = '.level=WARNING\nhandlers=java.util.logging.ConsoleHandler\n';

/** Starts an empty emulator on a free loopback port; it keeps nothing on disk. */
export async function startEmulator(program: EmulatorProgram, logFile?: string): Promise<PubsubEmulator> {
  return onFreePort(async (port) => {
    const temporaryFolder = await mkdtemp(join(tmpdir(), 'agent-assist-pubsub-'));
    const logging = join(temporaryFolder, 'logging.properties');
    await writeFile(logging, LOGGING);
    const url = `http://127.0.0.1:${port}`;
    const child = await startChild({
      name: 'the Pub/Sub emulator',
      command: program.java,
      args: [
        ...['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx256m'],
        `-Djava.util.logging.config.file=${logging}`,
        ...['-jar', program.jar, '--host=127.0.0.1', `--port=${port}`],
      ],
      logFile,
      isReady: () => isAnswered(`${url}/v1/projects/any/topics`),
      startLimitMs: START_LIMIT_MS,
      temporaryFolder,
    });
    return { ...child, url };
  });
}
