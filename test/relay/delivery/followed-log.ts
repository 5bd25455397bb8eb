import { LogFollower } from '../../../relay/delivery/log-follower.ts';
import type { StreamPosition } from '../../../relay/delivery/position-order.ts';
import { type Position, START, toCursor } from '../../../shared/stream/position.ts';
import { SimulatedChannel } from './simulated-channel.ts';
import { eventNamed, SimulatedLog } from './simulated-log.ts';

export interface Followed {
  log: SimulatedLog;
  follower: LogFollower;
  /** Message ids in the order they were delivered, and `reset CURSOR`. */
  told: string[];
  channel: SimulatedChannel;
  /** What happens between the instant that a read sees and its answer; one entry a read. */
  whileReading: (() => void)[];
  reads(): number;
  /** Appends events with these ids. */
  append(...ids: string[]): void;
  /** Lets the channel bring what is under way. */
  hear(): void;
}

/** A follower on a log that holds these events, and its channel. */
export function follow(events: string[], from: Position | 'top' = START, historySize = 1_000): Followed {
  const log = new SimulatedLog(historySize);
  const append = (...ids: string[]) => {
    for (const id of ids) log.append(eventNamed(id));
  };
  append(...events);
  const channel = new SimulatedChannel();
  log.subscribe(channel);
  const told: string[] = [];
  const whileReading: (() => void)[] = [];
  let reads = 0;
  const read = async (after: number, limit: number) => {
    reads++;
    const page = log.read(after, limit);
    await undefined;
    whileReading.shift()?.();
    return page;
  };
  const sink = {
    deliver: ({ messageId }: { messageId: string }) => told.push(messageId),
    reset: ({ position }: StreamPosition) => told.push(`reset ${toCursor(position)}`),
  };
  const place = { position: from === 'top' ? log.top : from, interims: 0 };
  const follower = new LogFollower(read, sink, place, { isLive: from === 'top' });
  const hear = () => {
    for (let message = channel.next(); message !== undefined; message = channel.next()) {
      if (message !== 'subscribed') follower.receive(message);
    }
  };
  return { log, follower, told, channel, whileReading, reads: () => reads, append, hear };
}

/** So many message ids. */
export const names = (letter: string, count: number) =>
  Array.from({ length: count }, (_, n) => `${letter}${n}`);
