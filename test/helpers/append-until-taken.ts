import type { AgentAssistEvent } from '../../shared/event.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import { until } from './until.ts';

/** Appends an event again until Redis takes it, as Pub/Sub delivers one again; throws after `limitMs`. */
export function appendUntilTaken(
  log: Pick<EventLog, 'append'>,
  event: AgentAssistEvent,
  limitMs: number,
): Promise<void> {
  const isTaken = () =>
    log.append(event).then(
      () => true,
      () => false,
    );
  return until(isTaken, limitMs, 'the event is appended');
}
