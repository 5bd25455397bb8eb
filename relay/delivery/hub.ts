import { setTimeout as sleep } from 'node:timers/promises';
import type { ShortName } from '../../shared/conversation-name.ts';
import { inParallel } from '../../shared/in-parallel.ts';
import { conversationKeys } from '../../shared/keys.ts';
import type { Logger } from '../../shared/log.ts';
import type { EventLog, LogPage } from '../../shared/stream/event-log.ts';
import { parseChannelMessage, UNKNOWN_KIND } from '../../shared/stream/protocol.ts';
import { ThrottledCountLog } from '../../shared/throttled-count-log.ts';
import type { DeliveryLimits } from './limits.ts';
import type { DeliveryMeter, JoinFrom, Member } from './member.ts';
import { Room } from './room.ts';
import { SerialQueue } from './serial-queue.ts';
import type { Subscriber } from './subscriber.ts';

/** A member's stay in a conversation. */
export interface Membership {
  /** Resolves when the member is live or has left. Rejects if it was not let in, before it was told anything. */
  readonly ready: Promise<void>;
  leave(): void;
}

export interface HubDeps {
  eventLog: Pick<EventLog, 'read'>;
  subscriber: Pick<Subscriber, 'subscribe' | 'unsubscribe'>;
  /** Is told which conversations have a member here. */
  presence: { add(conversation: ShortName): void; delete(conversation: ShortName): void };
  /** Takes a message of a conversation's channel that is no event. */
  onOtherMessage?(text: string): void;
  logger: Logger;
  limits: Pick<DeliveryLimits, 'idleCheckMs' | 'lingerMs' | 'parallelReads'>;
  meter?: DeliveryMeter | undefined;
}

const RETRY_PAUSE_MS = 500;

interface Entry {
  readonly conversation: ShortName;
  readonly room: Room;
  /** Runs subscribe, unsubscribe and repair of the room one after another. */
  readonly queue: SerialQueue;
  isSubscribed: boolean;
  /** A repair that waits for its turn. */
  nextRepair: Promise<void> | undefined;
  /** Whether a message of the channel moved the room. One that the room had before says nothing about the log's top. */
  hasMovedSinceCheck: boolean;
  /** Whether a line was logged that the conversation has no event. */
  isEmptyNoted: boolean;
}

/** Delivers each conversation's events to the members that have joined it. It has the rooms of this process. */
export class Hub {
  readonly #deps: HubDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #timer: NodeJS.Timeout;
  readonly #unknownKinds: ThrottledCountLog<'count', ShortName>;
  #isClosed = false;

  constructor(deps: HubDeps) {
    this.#deps = deps;
    this.#unknownKinds = new ThrottledCountLog({
      counted: ['count'],
      write: ({ count }, conversation) =>
        deps.logger.warn(
          { conversation, count },
          'a newer build writes kinds of events that this one does not know: they are not delivered',
        ),
      // Rooms read such an event again with every join, and a newer build may write many.
      isCumulative: true,
      now: Date.now,
    });
    this.#timer = setInterval(() => void this.#checkIdleRooms(), deps.limits.idleCheckMs);
    this.#timer.unref();
  }

  join(conversation: ShortName, member: Member, from: JoinFrom): Membership {
    const entry = this.#entry(conversation);
    let hasLeft = false;
    const ready = entry.queue
      .run(async () => {
        if (hasLeft) return undefined;
        if (!entry.isSubscribed) await this.#deps.subscriber.subscribe(channelOf(conversation));
        entry.isSubscribed = true;
        if (hasLeft) return undefined;
        this.#deps.presence.add(conversation);
        // It starts inside the queue, so that no unsubscribe comes between. It ends outside, so that a long replay
        // does not keep others from joining. An object, because a bare promise would be awaited here.
        return { live: entry.room.join(member, from) };
      })
      .then((joined) => joined?.live)
      .finally(() => this.#closeLater(entry));
    return {
      ready,
      leave: () => {
        hasLeft = true;
        entry.room.leave(member);
        this.#closeLater(entry);
      },
    };
  }

  /** Conversations that are followed. */
  get size(): number {
    return this.#entries.size;
  }

  /** Takes a message of a conversation's channel. */
  receive(channel: string, text: string): void {
    const entry = this.#entries.get(channel);
    if (entry === undefined) return;
    const message = parseChannelMessage(text);
    if (message === undefined) this.#deps.onOtherMessage?.(text);
    if (message === undefined) return;
    if (message.kind === UNKNOWN_KIND) this.#unknownKinds.count('count', entry.conversation);
    if (entry.room.receive(message)) entry.hasMovedSinceCheck = true;
  }

  /** These channels were lost and are back: their rooms read what they may have missed. */
  async repair(channels: readonly string[]): Promise<void> {
    const entries = channels.flatMap((channel) => this.#entries.get(channel) ?? []);
    await inParallel(entries, this.#deps.limits.parallelReads, (entry) => this.#repair(entry));
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #entry(conversation: ShortName): Entry {
    const channel = channelOf(conversation);
    const existing = this.#entries.get(channel);
    if (existing) return existing;
    const entry: Entry = {
      conversation,
      room: new Room({
        read: (after, limit) => this.#read(conversation, after, limit),
        onBehind: () => void this.#repair(entry),
        pause,
        meter: this.#deps.meter,
      }),
      queue: new SerialQueue(),
      isSubscribed: false,
      nextRepair: undefined,
      hasMovedSinceCheck: true,
      isEmptyNoted: false,
    };
    this.#entries.set(channel, entry);
    return entry;
  }

  async #read(conversation: ShortName, after: number, limit: number): Promise<LogPage> {
    const page = await this.#timed(this.#deps.eventLog.read(conversation, after, limit));
    if (page.events.some(({ kind }) => kind === UNKNOWN_KIND))
      this.#unknownKinds.count('count', conversation);
    return page;
  }

  async #timed(reading: Promise<LogPage>): Promise<LogPage> {
    const startedAt = performance.now();
    try {
      return await reading;
    } finally {
      this.#deps.meter?.read((performance.now() - startedAt) / 1000);
    }
  }

  /** Brings a room up to date, and goes on trying while Redis is away. */
  #repair(entry: Entry): Promise<void> {
    // A repair that has not begun serves every caller. One that has begun may have read too early.
    entry.nextRepair ??= entry.queue
      .run(() => {
        entry.nextRepair = undefined;
        return entry.room.repair();
      })
      .catch((error: unknown) => this.#repairLater(entry, error))
      // The repair has kept a room that became empty meanwhile.
      .finally(() => this.#closeLater(entry));
    return entry.nextRepair;
  }

  async #repairLater(entry: Entry, err: unknown): Promise<void> {
    this.#deps.logger.warn({ err, conversation: entry.conversation }, 'cannot read the log: will try again');
    await pause();
    if (!this.#isClosed && !entry.room.isEmpty) await this.#repair(entry);
  }

  async #checkIdleRooms(): Promise<void> {
    const idle = [...this.#entries.values()].filter((entry) => !entry.hasMovedSinceCheck);
    for (const entry of this.#entries.values()) entry.hasMovedSinceCheck = false;
    await inParallel(idle, this.#deps.limits.parallelReads, async (entry) => {
      try {
        const { top } = await this.#timed(this.#deps.eventLog.read(entry.conversation, 0, 0));
        if (top.epoch === '') this.#noteEmpty(entry);
        if (!entry.room.isAt(top)) await this.#repair(entry);
      } catch (err) {
        this.#deps.logger.warn(
          { err, conversation: entry.conversation },
          'cannot compare a quiet room with its log',
        );
      }
    });
  }

  #noteEmpty(entry: Entry): void {
    if (entry.isEmptyNoted || entry.room.isEmpty) return;
    entry.isEmptyNoted = true;
    const { conversation } = entry;
    const remedy = 'is its name right, and does its conversation profile publish events?';
    this.#deps.logger.info(
      { conversation },
      `joined, but the log has no event of the conversation: ${remedy}`,
    );
  }

  #closeLater(entry: Entry): void {
    if (!entry.room.isEmpty || this.#isClosed) return;
    const close = () => void entry.queue.run(() => this.#closeIfEmpty(entry));
    setTimeout(close, this.#deps.limits.lingerMs).unref();
  }

  async #closeIfEmpty(entry: Entry): Promise<void> {
    const channel = channelOf(entry.conversation);
    const isWanted = () => !entry.room.isEmpty || entry.queue.hasWaiting;
    if (isWanted() || this.#entries.get(channel) !== entry) return;
    entry.isSubscribed = false;
    try {
      await this.#deps.subscriber.unsubscribe(channel);
    } catch (err) {
      // The subscriber has forgotten the channel: it will not be subscribed after the next reconnect.
      this.#deps.logger.warn({ err, conversation: entry.conversation }, 'cannot unsubscribe');
    }
    // Check again: a member may have come while Redis answered. Its turn in the queue subscribes again.
    if (isWanted()) return;
    this.#entries.delete(channel);
    this.#deps.presence.delete(entry.conversation);
  }
}

const channelOf = (conversation: ShortName) => conversationKeys(conversation).channel;

const pause = () => sleep(RETRY_PAUSE_MS * (0.5 + Math.random()));
