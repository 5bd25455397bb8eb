import { type CallEvent, conversationName, placeEvent } from './call-event.ts';
import { createPace, type Pace } from './pace.ts';

export interface PlayOptions {
  /** In the order of their times. */
  events: readonly CallEvent[];
  /** `projects/PROJECT/locations/LOCATION` */
  location: string;
  conversationId: string;
  /** 1 for the pace of speech, 10 for ten times as fast; or a clock that others change meanwhile. */
  speed: number | Pace;
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
  const pace = typeof speed === 'number' ? createPace(speed) : speed;
  const firstMs = events[0]?.atMs ?? 0;
  pace.startAt(firstMs);
  for (const [index, event] of events.entries()) {
    // By the clock of the call, so that what publishing takes does not add up.
    await pace.reached(event.atMs, signal);
    if (index > 0 && isOver()) return name;
    // An event names times of its own, which must be right however fast the call was before.
    const startedAt = new Date(Date.now() - event.atMs / pace.speed);
    await publish(placeEvent(event, { location, conversationId, startedAt, speed: pace.speed }));
    if (index > 0 || onStarted === undefined) continue;
    await onStarted(name);
    pace.startAt(firstMs);
  }
  return name;
}
