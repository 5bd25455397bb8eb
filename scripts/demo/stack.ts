import { join } from 'node:path';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { createCleanup } from '../local/cleanup.ts';
import { type Conversations, createConversations } from '../local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../local/dialogflow/server.ts';
import { createDirectPublisher } from '../local/direct-publisher.ts';
import { startEventarcShim } from '../local/eventarc-shim.ts';
import { startFunctions } from '../local/functions-host.ts';
import { createPubsubPublisher, type Publisher } from '../local/publisher.ts';
import { type EmulatorProgram, startEmulator } from '../local/pubsub-emulator.ts';
import { createPubsubClient } from '../local/pubsub-rest.ts';
import { startRelay } from '../local/relay-process.ts';
import { topicName } from '../topics.ts';
import { openDemoRedis } from './demo-redis.ts';
import { PROJECT } from './place.ts';

export interface StackOptions {
  /** What the build made. */
  distDirectory: string;
  /** The emulator that carries the events; without it they go straight to the functions. */
  emulator?: EmulatorProgram | undefined;
  /** Where the relay listens on loopback. */
  port: number;
  /** REDISHOST and its companions, and what a process needs. */
  env: NodeJS.ProcessEnv;
  /** Takes a log file of every process. */
  logDirectory: string;
  /** LOG_LEVEL of the functions and the relay. */
  logLevel: string;
  /** Stands between Dialogflow and Pub/Sub, e.g. to note what is published. */
  observe?(publisher: Publisher): Publisher;
  /** Gives up between two steps. */
  signal: AbortSignal;
}

/** The whole system on loopback. */
export interface Stack {
  /** The relay's address, without a slash at its end. */
  url: string;
  conversations: Conversations;
  functionLogs: string[];
  /** Resolves with an error when a process ends by itself. */
  failed: Promise<Error>;
  /** Ends everything that was started, in the reverse order. */
  stop(): Promise<void>;
}

/** What children get of our own environment: nothing that could configure them by accident. */
const PROCESS_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ'];

/** Starts Redis, the functions, Pub/Sub, the Dialogflow simulator and the relay, or nothing when one of them fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    distDirectory,
    port,
    env,
    logDirectory,
    logLevel,
    signal,
    observe = (publisher) => publisher,
  } = options;
  const cleanup = createCleanup();
  const failures: Promise<Error>[] = [];
  const keep = <T extends { stop(): Promise<void>; failed?: Promise<Error> }>(started: T): T => {
    cleanup.add(started.stop);
    if (started.failed !== undefined) failures.push(started.failed);
    signal.throwIfAborted();
    return started;
  };
  const logFile = (name: string) => join(logDirectory, `${name}.log`);

  try {
    const redis = keep(await openDemoRedis(env, logFile('redis')));
    const processEnv = {
      ...Object.fromEntries(PROCESS_VARIABLES.map((name) => [name, env[name]])),
      ...redis.env,
      GCP_PROJECT_ID: PROJECT,
      LOG_LEVEL: logLevel,
    };
    const functions = keep(
      await startFunctions({
        directory: join(distDirectory, 'functions'),
        env: processEnv,
        logFileOf: logFile,
      }),
    );
    const publisher = options.emulator
      ? await throughEmulator(options.emulator, functions.urls)
      : keep(createDirectPublisher({ project: PROJECT, functionUrls: functions.urls }));
    const conversations = createConversations({ publisher: observe(publisher) });
    const dialogflow = keep(await startDialogflowServer(conversations));
    const relay = keep(
      await startRelay({
        main: join(distDirectory, 'relay', 'main.js'),
        port,
        dialogflowEndpoint: dialogflow.url,
        env: processEnv,
        logFile: logFile('relay'),
      }),
    );
    return {
      url: relay.url,
      conversations,
      functionLogs: EVENT_KINDS.map(logFile),
      failed: Promise.race(failures),
      stop: cleanup.run,
    };
  } catch (error) {
    await cleanup.run();
    throw error;
  }

  async function throughEmulator(
    program: EmulatorProgram,
    urls: Record<EventKind, string>,
  ): Promise<Publisher> {
    const emulator = keep(await startEmulator(program, logFile('pubsub')));
    const byTopic = new Map(EVENT_KINDS.map((kind) => [topicName(PROJECT, kind), urls[kind]]));
    const shim = keep(await startEventarcShim(byTopic));
    return createPubsubPublisher(createPubsubClient(emulator.url), PROJECT, shim.url);
  }
}
