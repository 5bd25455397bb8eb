import { setTimeout as sleep } from 'node:timers/promises';
import { shortName } from '../../shared/conversation-name.ts';
import type { DeliveredEvent } from '../../shared/wire.ts';
import { type CallEvent, conversationName } from '../calls/call-event.ts';
import { playCall } from '../calls/call-player.ts';
import { createCallPublisher } from '../calls/call-publisher.ts';
import type { FaultShares } from '../calls/faults.ts';
import type { Publisher } from '../local/publisher.ts';
import { ConnectionLog } from './connection-log.ts';
import { ConversationCheck } from './conversation-check.ts';
import type { Desktop, DesktopOptions } from './desktop.ts';
import type { Measurements } from './measurements.ts';

/** What all agents of a run have in common. */
export interface Work {
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  project: string;
  /** The relay's address, without a slash at its end. */
  url: string;
  /** Gives a token of the relay. */
  register(): Promise<string>;
  publisher: Publisher;
  speed: number;
  shares: FaultShares;
  random: () => number;
  measured: Measurements;
  /** How long the last events of a call, or the return of its desktop, may take; in milliseconds. */
  arrivalLimitMs: number;
  /** Ends the calls. What is on its way may still arrive. */
  over: AbortSignal;
  /** Ends everything at once. */
  interrupted: AbortSignal;
}

/** The call that the agent is in. */
interface Call {
  name: string;
  check: ConversationCheck;
}

const REGISTRATIONS_MAX = 3;
const REGISTER_AGAIN_MS = 2_000;
const LOOK_MS = 250;
/** How long a repetition is waited for once everything has arrived, in milliseconds. */
const QUIET_MS = 500;

/** An agent with a desktop, who has one call after the other. */
export class Agent {
  readonly #work: Work;
  readonly #id: string;
  readonly #createDesktop: (options: DesktopOptions) => Desktop;
  readonly #log: ConnectionLog;
  #desktop: Desktop | undefined;
  #call: Call | undefined;
  #joined = Promise.withResolvers<void>();

  /** @param id Its conversations' ids are this, `-` and a number from 1. */
  constructor(work: Work, id: string, createDesktop: (options: DesktopOptions) => Desktop) {
    this.#work = work;
    this.#id = id;
    this.#createDesktop = createDesktop;
    this.#log = new ConnectionLog(work.measured);
  }

  get isConnected(): boolean {
    return this.#log.isConnected;
  }

  /** Connects and has calls until the run is over; they take turns, from `first` on. What fails is counted. */
  async run(calls: readonly (readonly CallEvent[])[], first: number): Promise<void> {
    const { measured, url, over, interrupted } = this.#work;
    measured.begun += 1;
    const token = await this.#register();
    if (token === undefined || interrupted.aborted) return;
    const desktop = this.#createDesktop({ url, token, handlers: this.#handlers() });
    this.#desktop = desktop;
    this.#log.connecting();
    desktop.connect();
    try {
      for (let number = 0; !over.aborted && !interrupted.aborted; number++) {
        const events = calls[(first + number) % calls.length] ?? [];
        await this.#haveCall(desktop, events, `${this.#id}-${number + 1}`);
      }
    } finally {
      this.#judgeAbsence();
      desktop.close();
      this.#log.closed();
    }
  }

  cut(): void {
    this.#desktop?.cut();
  }

  cutAndReturn(): void {
    this.#desktop?.cutAndReturn();
  }

  /** Does not read for so many milliseconds. */
  async stall(ms: number): Promise<void> {
    this.#log.stalled();
    this.#desktop?.setReading(false);
    await sleep(ms, undefined, { signal: this.#work.interrupted }).catch(() => {});
    this.#desktop?.setReading(true);
    this.#log.reading();
  }

  /** Tries a few times; undefined when all of them fail. */
  async #register(): Promise<string | undefined> {
    const { measured, register, over, interrupted } = this.#work;
    const stop = AbortSignal.any([over, interrupted]);
    for (let attempt = 1; !stop.aborted; attempt++) {
      try {
        return await register();
      } catch (error) {
        const reason = `register: ${error instanceof Error ? error.message : 'failed'}`;
        if (attempt === REGISTRATIONS_MAX) {
          measured.refusals.add(reason);
          return undefined;
        }
        measured.errors.add(reason);
        await sleep(REGISTER_AGAIN_MS, undefined, { signal: stop }).catch(() => {});
      }
    }
    return undefined;
  }

  /** A desktop that is away misses nothing that counts as lost, such as interim transcripts. Its absence has to count itself. */
  #judgeAbsence(): void {
    const { measured, interrupted } = this.#work;
    if (interrupted.aborted) return;
    if (this.#log.joins === 0) measured.refusals.add('join: never in a call');
    else if (this.#log.isReturning) measured.refusals.add('join: not back in the call until the end');
  }

  #handlers(): DesktopOptions['handlers'] {
    const { measured } = this.#work;
    return {
      connected: () => this.#log.connected(),
      lost: (reason) => this.#log.lost(reason),
      joined: () => {
        this.#log.joined();
        this.#joined.resolve();
      },
      event: (event) => this.#receive(event),
      refused: (reason) => measured.refusals.add(reason),
      failed: (reason) => measured.errors.add(reason),
    };
  }

  #receive(event: DeliveredEvent): void {
    this.#call?.check.arrived(event, this.#log);
  }

  async #haveCall(desktop: Desktop, events: readonly CallEvent[], conversationId: string): Promise<void> {
    const { location, project, measured, over, interrupted } = this.#work;
    const name = conversationName({ location, conversationId });
    const call = { name, check: new ConversationCheck(shortName(name, { id: project }), measured) };
    this.#call = call;
    this.#joined = Promise.withResolvers();
    this.#log.joining();
    desktop.join(name);
    const stop = AbortSignal.any([over, interrupted]);
    await Promise.race([this.#joined.promise, aborted(stop)]);
    await this.#play(events, conversationId, call, stop);
    await this.#awaitArrival(call);
    call.check.settle((at) => this.#log.wasAway(at), interrupted.aborted);
    this.#call = undefined;
    if (!interrupted.aborted) desktop.leave(name);
  }

  async #play(
    events: readonly CallEvent[],
    conversationId: string,
    { check }: Call,
    signal: AbortSignal,
  ): Promise<void> {
    const { location, publisher, speed, shares, random, measured } = this.#work;
    const calls = createCallPublisher({
      ...{ publisher, shares, random, speed, signal },
      onPublished: (publication) => check.published(publication),
    });
    const failed = (error: unknown) => {
      if (!signal.aborted)
        measured.errors.add(`publish: ${error instanceof Error ? error.message : 'failed'}`);
    };
    const publish = (event: CallEvent) => calls.publish(event).catch(failed);
    await playCall({ events, location, conversationId, speed, publish, signal }).catch(failed);
    await calls.settled().catch(failed);
  }

  async #awaitArrival({ check }: Call): Promise<void> {
    const { interrupted, arrivalLimitMs } = this.#work;
    const deadline = performance.now() + arrivalLimitMs;
    const pause = (ms: number) => sleep(ms, undefined, { signal: interrupted }).catch(() => {});
    const until = async (condition: () => boolean) => {
      while (!condition() && !interrupted.aborted && performance.now() < deadline) await pause(LOOK_MS);
    };
    await until(() => check.isComplete((at) => this.#log.wasAway(at)));
    await pause(QUIET_MS);
    // A desktop that was cut after its last event has missed nothing, but the report says how long its return took.
    await until(() => !this.#log.isReturning);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
