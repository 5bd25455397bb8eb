import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentAssistEvent } from '../../../shared/event.ts';
import type { EventLog } from '../../../shared/stream/event-log.ts';

const ATTEMPTS = 100;
const PAUSE_MS = 200;

/**
 * Appends events, some at once, in their order where `atOnce` is 1. On a busy machine Redis may take longer than the
 * second that a command has. The append is then repeated, as the functions do, and the log takes the event once.
 */
export async function appendAll(
  log: Pick<EventLog, 'append'>,
  events: Iterable<AgentAssistEvent>,
  atOnce: number,
): Promise<number> {
  const rest = events[Symbol.iterator]() as Iterator<AgentAssistEvent>;
  let repeated = 0;
  const append = async (event: AgentAssistEvent) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await log.append(event);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        repeated++;
        await sleep(PAUSE_MS);
      }
    }
  };
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = rest.next(); next.done !== true; next = rest.next()) await append(next.value);
    }),
  );
  return repeated;
}
