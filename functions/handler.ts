import type { Project } from '../shared/conversation-name.ts';
import { EventError, type EventFault } from '../shared/errors.ts';
import { decodeEvent, type EventKind, INTERIM_KIND, LIFECYCLE_KIND } from '../shared/event.ts';
import type { Logger } from '../shared/log.ts';
import { messageIdOf } from '../shared/pubsub-message.ts';
import type { EventLog } from '../shared/stream/event-log.ts';
import type { Position } from '../shared/stream/position.ts';
import { ThrottledCountLog } from '../shared/throttled-count-log.ts';
import { traceFields } from '../shared/trace.ts';
import { type Delivery, toDelivery } from './cloud-event.ts';
import type { ListConversation } from './list-conversation.ts';
import { retry } from './retry.ts';

export interface HandlerDeps {
  kind: EventKind;
  project: Project;
  /** The largest payload taken, in bytes. */
  maxBytes: number;
  eventLog: Pick<EventLog, 'append'>;
  /** Lists the conversation of an event; see `list-conversation.ts`. */
  list: ListConversation;
  /** Whether a failed append may succeed when repeated. */
  isTransient(error: unknown): boolean;
  logger: Logger;
  now?: () => Date;
}

/** How long a request waits for Redis to come back, in milliseconds, before Pub/Sub is asked to deliver again. */
export const REDIS_PATIENCE_MS = 3_000;

const FIRST_TAKEN = 'the first event of a conversation was taken';

/**
 * What the function of one event kind does with an event.
 *
 * Resolves, which acknowledges the message, when the event is in the log or can never be; rejects, which makes
 * Pub/Sub deliver it again, when Redis did not take it.
 */
export function createHandler(deps: HandlerDeps): (cloudEvent: unknown) => Promise<void> {
  const faults = new Map<EventFault, number>();
  const { kind, project, maxBytes, eventLog, list, logger, isTransient, now = () => new Date() } = deps;
  const isLifecycle = kind === LIFECYCLE_KIND;
  // An interim transcript has the offset of the event before it.
  const isFirst = ({ offset }: Position) => offset === 1 && kind !== INTERIM_KIND;
  // In the log, because an instance of a function has no port for metrics.
  const dropped = new ThrottledCountLog({
    counted: ['dropped_stale', 'dropped_over'],
    // With the sum, since a log-based metric takes its value from one field.
    write: (counts) =>
      logger.info(
        { ...counts, dropped: counts.dropped_stale + counts.dropped_over },
        'interim transcripts dropped since the last such line',
      ),
    now: () => now().getTime(),
  });

  return async function handle(cloudEvent) {
    const delivery = toDelivery(cloudEvent);
    try {
      if (delivery.message === undefined) {
        throw new EventError(
          'no-message',
          'the request holds no Pub/Sub message: if its subscription unwraps payloads, disable that',
        );
      }
      const event = decodeEvent(kind, delivery.message, {
        project,
        maxBytes,
        now: now(),
        fallback: delivery,
      });
      const listed = isLifecycle ? list(event) : undefined;
      const { outcome, reason, position } = await retry(() => eventLog.append(event), {
        limitMs: REDIS_PATIENCE_MS,
        isTransient,
      });
      // Once more when Redis came back during the append. Of other events only the first of a log is listed.
      const isUnlisted = listed === undefined ? isFirst(position) : (await listed) === 'failed';
      if (isUnlisted) await list(event);
      if (reason !== undefined) dropped.count(`dropped_${reason}`);
      // Only one append of a conversation takes the offset 1.
      if (outcome === 'appended' && isFirst(position))
        logger.info({ ...context(delivery), conversation: event.conversation }, FIRST_TAKEN);
      if (!logger.isLevelEnabled('debug')) return;
      logger.debug({ ...context(delivery), conversation: event.conversation, outcome }, 'event taken');
    } catch (error) {
      if (!(error instanceof EventError)) {
        logger.error({ ...context(delivery), err: error }, 'event not taken, Pub/Sub will deliver it again');
        throw error;
      }
      const count = (faults.get(error.fault) ?? 0) + 1;
      faults.set(error.fault, count);
      logger.error({ ...context(delivery), fault: error.fault, count }, `event dropped: ${error.message}`);
    }
  };

  /** What identifies a delivery in the log: never any of its content. */
  function context({ message = {}, id, origin, traceparent }: Delivery) {
    return {
      kind,
      message_id: messageIdOf(message) ?? id,
      topic: origin,
      ...traceFields(traceparent, project.id),
    };
  }
}
