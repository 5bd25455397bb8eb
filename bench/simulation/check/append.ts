import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentAssistEvent } from '../../../shared/event.ts';
import type { EventLog } from '../../../shared/stream/event-log.ts';

const ATTEMPTS = 100;
const PAUSE_MS = 200;

/**
 * Repeats what fails: on a busy machine Redis may take longer than the second that a command has.
 *
 * @returns how often it was repeated.
 */
export async function patiently(act: () => Promise<unknown>): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await act();
      return attempt - 1;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Appends events, in their order where `atOnce` is 1. The log takes an event once, however often it is appended. */
export async function appendAll(
  log: Pick<EventLog, 'append'>,
  events: Iterable<AgentAssistEvent>,
  atOnce: number,
): Promise<void> {
  const rest = events[Symbol.iterator]() as Iterator<AgentAssistEvent>;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) {
        const event = next.value;
        await patiently(() => log.append(event));
      }
    }),
  );
}
