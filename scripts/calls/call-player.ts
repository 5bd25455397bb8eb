import { setTimeout as sleep } from 'node:timers/promises';
import { type CallEvent, conversationName, placeEvent } from './call-event.ts';

export interface PlayOptions {
  /** In the order of their times. */
  events: readonly CallEvent[];
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  conversationId: string;
  /** 1 for the pace of speech, 10 for ten times as fast. */
  speed: number;
  /** Gets each event when it is due, with every placeholder filled in; the next one waits for it. */
  publish(event: CallEvent): Promise<unknown>;
  /** Told the conversation's name after the first event and before anything is said; the call waits for it. */
  onStarted?(name: string): Promise<void>;
  /** Asked before each event but the first: whether somebody has ended the call meanwhile. */
  isOver?(): boolean;
  /** Ends the call in the middle of a word; `playCall` then rejects with an AbortError. */
  signal: AbortSignal;
}

/** Plays a call once, as telephony would, and resolves with the conversation's name when it is over. */
export async function playCall(options: PlayOptions): Promise<string> {
  const {
    events,
    location,
    conversationId,
    speed,
    publish,
    onStarted,
    isOver = () => false,
    signal,
  } = options;
  const name = conversationName(options);
  const placement = { location, conversationId, startedAt: new Date(), speed };
  const firstMs = events[0]?.atMs ?? 0;
  let startedAt = performance.now();
  for (const [index, event] of events.entries()) {
    // Counted from the start, so that what publishing takes does not add up.
    const dueAt = startedAt + (event.atMs - firstMs) / speed;
    await sleep(Math.max(0, dueAt - performance.now()), undefined, { signal });
    if (index > 0 && isOver()) return name;
    await publish(placeEvent(event, placement));
    if (index > 0 || onStarted === undefined) continue;
    await onStarted(name);
    startedAt = performance.now();
  }
  return name;
}
