import { setTimeout as sleep } from 'node:timers/promises';
import type { Publisher } from '../local/publisher.ts';
import type { RelayClient } from '../local/relay-client.ts';
import { type CallData, type CallEvent, conversationName } from './call-event.ts';
import { playCall } from './call-player.ts';
import { type CallPublisher, createCallPublisher } from './call-publisher.ts';
import { type CountingDesktop, joinConversation } from './counting-desktop.ts';
import {
  type DeliveryReport,
  findOvertaken,
  type Publication,
  type Receipt,
  reportDelivery,
} from './delivery-report.ts';
import type { FaultShares } from './faults.ts';

export interface RunOptions {
  /** The events of each call, in the order in which the calls begin. */
  calls: readonly (readonly CallEvent[])[];
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  /** The conversations' ids are this, `-` and a number from 1. */
  idPrefix: string;
  /** The relay's address, without a slash at its end. */
  relayUrl: string;
  /** Registers a desktop. */
  register(): Promise<RelayClient>;
  publisher: Publisher;
  /** How many calls begin in a second. */
  rate: number;
  /** How many times as fast as speech. */
  speed: number;
  shares: FaultShares;
  random: () => number;
  /** From publishing to arrival, in milliseconds; what takes longer is late. */
  lateMs: number;
  /**
   * Asks the functions which events they dropped as overtaken. Without it an interim transcript that did not arrive
   * counts as superseded when something newer of its utterance has arrived.
   */
  readSuperseded?(): Promise<(event: Publication) => boolean>;
  /** Told each event before it is published. */
  onEvent?(data: CallData): void;
  /** Told a conversation's name when it has begun, before anything is said. */
  onStarted?(conversation: string, relay: RelayClient): Promise<void>;
  /** Called when there is something to look at: {@link RunState} is the same object, and changes. */
  onState?(state: RunState): void;
  /** Ends the run; its report then says what has arrived by then. */
  signal: AbortSignal;
}

export interface RunResult {
  report: DeliveryReport;
  /** How many events were published twice. */
  duplicated: number;
  /** How many were published after later ones. */
  heldBack: number;
  /** Why connections of desktops ended before the end. */
  cuts: string[];
}

export interface RunState {
  begun: number;
  ended: number;
  published: readonly Publication[];
  desktops: readonly CountingDesktop[];
}

/** How long the last events may take, in milliseconds, before they count as lost. */
const ARRIVAL_LIMIT_MS = 15_000;
/** The same when the run was ended from outside. */
const CUT_ARRIVAL_LIMIT_MS = 1_000;
/** How long a repetition is waited for once everything has arrived, in milliseconds. */
const QUIET_MS = 500;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Plays calls side by side, each to a desktop that joined before it began, and reports what arrived.
 *
 * @throws {Error} when a desktop is refused or an event cannot be published.
 */
export async function runCalls(options: RunOptions): Promise<RunResult> {
  const { calls, rate, publisher, shares, random, speed, signal, onState } = options;
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const callPublisher = createCallPublisher({ publisher, shares, random, speed, signal: stop });
  const desktops: CountingDesktop[] = [];
  const state: RunState = { begun: 0, ended: 0, published: callPublisher.published, desktops };
  onState?.(state);
  try {
    const running = calls.map(async (events, index) => {
      await sleep((index * 1_000) / rate, undefined, { signal: stop });
      state.begun += 1;
      await runCall(options, events, `${options.idPrefix}-${index + 1}`, callPublisher, desktops, stop);
      state.ended += 1;
    });
    const settled = await Promise.allSettled(running.map((call) => call.catch((error) => fail(error))));
    const failure = settled.find((result) => result.status === 'rejected');
    if (failure !== undefined && !signal.aborted) throw failed.signal.reason;
    if (!signal.aborted) await callPublisher.settled();
    const { published, heldBack } = callPublisher;
    return {
      report: await awaitDelivery(options, published, desktops),
      duplicated: published.filter(({ sentAs }) => sentAs.length > 1).length,
      heldBack: heldBack(),
      cuts: desktops.flatMap(({ cutBy }) => cutBy() ?? []),
    };
  } finally {
    for (const desktop of desktops) desktop.close();
  }

  /** The first failure ends the other calls. */
  function fail(error: unknown): never {
    failed.abort(error);
    throw error;
  }
}

async function runCall(
  { location, speed, relayUrl, register, onEvent, onStarted }: RunOptions,
  events: readonly CallEvent[],
  conversationId: string,
  { publish }: CallPublisher,
  desktops: CountingDesktop[],
  signal: AbortSignal,
): Promise<void> {
  const relay = await register();
  desktops.push(
    await joinConversation(relayUrl, relay.token, conversationName({ location, conversationId })),
  );
  await playCall({
    events,
    location,
    conversationId,
    speed,
    async publish(event) {
      onEvent?.(event.data);
      await publish(event);
    },
    ...(onStarted === undefined ? {} : { onStarted: (name: string) => onStarted(name, relay) }),
    signal,
  });
}

async function awaitDelivery(
  { readSuperseded, lateMs, signal }: RunOptions,
  published: readonly Publication[],
  desktops: readonly CountingDesktop[],
): Promise<DeliveryReport> {
  const deadline = Date.now() + (signal.aborted ? CUT_ARRIVAL_LIMIT_MS : ARRIVAL_LIMIT_MS);
  const report = async () => {
    const received: Receipt[] = desktops.flatMap(({ receipts }) => receipts);
    const isSuperseded = (await readSuperseded?.()) ?? findOvertaken(published, received);
    return reportDelivery(published, received, { lateMs, isSuperseded });
  };
  for (let pause = FIRST_PAUSE_MS; Date.now() < deadline; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    if ((await report()).total.lost === 0) break;
    await sleep(pause);
  }
  await sleep(QUIET_MS);
  return report();
}
