import { join } from 'node:path';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { topicName } from '../topics.ts';
import { createCleanup } from './cleanup.ts';
import { type Conversations, createConversations } from './dialogflow/conversations.ts';
import { startDialogflowServer } from './dialogflow/server.ts';
import { createDirectPublisher } from './direct-publisher.ts';
import { startEventarcShim } from './eventarc-shim.ts';
import { startFunctions } from './functions-host.ts';
import { type LocalRedis, openLocalRedis } from './local-redis.ts';
import { createPubsubPublisher, type OnTaken, type Publisher } from './publisher.ts';
import { type EmulatorProgram, startEmulator } from './pubsub-emulator.ts';
import { createPubsubClient } from './pubsub-rest.ts';
import { startRelay } from './relay-process.ts';

export interface StackOptions {
  /** The Google Cloud project in whose name everything happens. */
  project: string;
  /** What the build made. */
  distDirectory: string;
  /** The emulator that carries the events; without it they go straight to the functions. */
  emulator?: EmulatorProgram | undefined;
  /** Where the relay listens on loopback; default a free port. */
  port?: number | undefined;
  /** REDISHOST and its companions, and what a process needs. */
  env: NodeJS.ProcessEnv;
  /** Takes a log file of every process. */
  logDirectory: string;
  /** LOG_LEVEL of the functions and the relay. */
  logLevel: string;
  /** Stands between what happens in calls and Pub/Sub. */
  tap?: PublisherTap | undefined;
  /** More variables of the relay's. */
  relayEnv?: Readonly<Record<string, string>>;
  /** Gives up between two steps. */
  signal: AbortSignal;
}

/** Sees each event on its way to Pub/Sub, and hears when its function has taken it. */
export interface PublisherTap {
  wrap(publisher: Publisher): Publisher;
  taken: OnTaken;
}

/** The whole system on loopback. */
export interface Stack {
  /** The relay's address, without a slash at its end. */
  url: string;
  conversations: Conversations;
  /** Where Dialogflow's notifications go. */
  publisher: Publisher;
  functionUrls: Readonly<Record<EventKind, string>>;
  functionLogs: string[];
  /** What the relay signs tokens with. */
  signingKey: string;
  /** Ends the relay's process and starts another one at the same address. */
  restartRelay(): Promise<void>;
  /** See {@link LocalRedis.lose}. */
  loseRedis: LocalRedis['lose'];
  /** Resolves with an error when a process ends by itself. */
  failed: Promise<Error>;
  /** Ends everything that was started, in the reverse order. */
  stop(): Promise<void>;
}

/** What children get of our own environment: nothing that could configure them by accident. */
const PROCESS_VARIABLES = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'TZ'];

/** Starts Redis, the functions, Pub/Sub, the Dialogflow simulator and the relay, or nothing when one of them fails. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { project, distDirectory, port, env, logDirectory, logLevel, tap, signal } = options;
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
    const redis = keep(await openLocalRedis(env, logFile('redis')));
    const processEnv = {
      ...Object.fromEntries(PROCESS_VARIABLES.map((name) => [name, env[name]])),
      ...redis.env,
      GCP_PROJECT_ID: project,
      LOG_LEVEL: logLevel,
    };
    const functions = keep(
      await startFunctions({
        directory: join(distDirectory, 'functions'),
        env: processEnv,
        logFileOf: logFile,
      }),
    );
    const pubsub = options.emulator
      ? await throughEmulator(options.emulator, functions.urls)
      : keep(createDirectPublisher({ project, functionUrls: functions.urls, onTaken: tap?.taken }));
    const publisher = tap?.wrap(pubsub) ?? pubsub;
    const conversations = createConversations({ publisher });
    const dialogflow = keep(await startDialogflowServer(conversations));
    const relay = keep(
      await startRelay({
        main: join(distDirectory, 'relay', 'main.js'),
        port,
        dialogflowEndpoint: dialogflow.url,
        env: { ...processEnv, ...options.relayEnv },
        logFile: logFile('relay'),
      }),
    );
    return {
      url: relay.url,
      conversations,
      publisher,
      functionUrls: functions.urls,
      functionLogs: EVENT_KINDS.map(logFile),
      signingKey: relay.signingKey,
      restartRelay: () => relay.restart(),
      loseRedis: redis.lose,
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
    const kinds = new Map(EVENT_KINDS.map((kind) => [topicName(project, kind), kind]));
    const byTopic = new Map([...kinds].map(([topic, kind]) => [topic, urls[kind]]));
    const onTaken = (topic: string, messageId: string) => {
      const kind = kinds.get(topic);
      if (kind !== undefined) tap?.taken(kind, messageId);
    };
    const shim = keep(await startEventarcShim(byTopic, onTaken));
    return createPubsubPublisher(createPubsubClient(emulator.url), project, shim.url);
  }
}
