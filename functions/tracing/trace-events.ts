// Traces around the handler and the event log. Both work as before, and know nothing of traces.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { EventFault } from '../../shared/errors.ts';
import type { EventKind } from '../../shared/event.ts';
import { messageIdOf } from '../../shared/pubsub-message.ts';
import type { EventLog } from '../../shared/stream/event-log.ts';
import { INCUBATING, OWN, STABLE } from '../../shared/tracing/attributes.ts';
import { errorTypeOf, type Span, type Tracer, type Tracing } from '../../shared/tracing/tracer.ts';
import { toDelivery } from '../cloud-event.ts';

export interface TracedEventsDeps {
  kind: EventKind;
  /** Resolves with none if it could not be loaded: then nothing is traced. */
  tracing: Promise<Tracing | undefined>;
  redis: { host: string; port: number };
}

// A caller of the function may name any origin, and backends group spans by it.
const ORIGIN = /^projects\/[^/]+\/(?:topics|subscriptions)\/([\w.~+%-]{3,255})$/;

type Append = Pick<EventLog, 'append'>;
type Handle = (event: unknown) => Promise<void>;

export interface TracedEvents {
  /** The log, with a span for each append of an event that is traced. It stores the span beside the event. */
  appending(log: Append): Append;
  /** The handler, with a span for each event. */
  handling(handle: Handle): Handle;
  /** Notes why the present event was dropped. */
  dropped(fault: EventFault): void;
}

interface Store {
  span: Span;
  tracer: Tracer;
  fault?: EventFault;
}

export function traceEvents({ kind, tracing, redis }: TracedEventsDeps): TracedEvents {
  /** The span of the event that is being handled, if it is exported. */
  const spans = new AsyncLocalStorage<Store>();

  return {
    handling: (handle) => async (event) => {
      const { tracer } = (await tracing) ?? {};
      if (tracer === undefined) return handle(event);
      const parent = (event as { traceparent?: string } | null)?.traceparent;
      const span = tracer.start('process', { kind: 'consumer', parent });
      if (!span.isRecording) return handle(event);
      describe(span, event);
      const store: Store = { span, tracer };
      try {
        await spans.run(store, () => handle(event));
        span.end(store.fault);
      } catch (error) {
        span.end(errorTypeOf(error));
        throw error;
      }
    },

    appending: (log) => ({
      async append(event) {
        const store = spans.getStore();
        if (store === undefined) return log.append(event);
        const about = { [INCUBATING.messagingConversationId]: event.conversation };
        store.span.set(about);
        const span = store.tracer.start('append', {
          kind: 'producer',
          parent: store.span.traceparent,
          attributes: {
            ...about,
            [INCUBATING.messagingSystem]: 'redis',
            [INCUBATING.messagingOperationName]: 'append',
            [INCUBATING.messagingOperationType]: 'send',
            [INCUBATING.messagingMessageId]: event.messageId,
            [STABLE.dbSystemName]: 'redis',
            [STABLE.serverAddress]: redis.host,
            [STABLE.serverPort]: redis.port,
            [OWN.eventKind]: kind,
          },
        });
        try {
          const result = await log.append(event, span.traceparent);
          const { outcome, position } = result;
          span.set({ [OWN.appendOutcome]: outcome, [OWN.logOffset]: position.offset });
          span.end();
          return result;
        } catch (error) {
          span.end(errorTypeOf(error));
          throw error;
        }
      },
    }),

    dropped(fault) {
      const store = spans.getStore();
      if (store === undefined) return;
      store.fault = fault;
      store.span.set({ [OWN.eventFault]: fault });
    },
  };

  function describe(span: Span, event: unknown): void {
    const { message = {}, id, origin } = toDelivery(event);
    const topic = origin === undefined ? undefined : ORIGIN.exec(origin)?.[1];
    if (topic !== undefined) span.rename(`process ${topic}`);
    span.set({
      [INCUBATING.faasTrigger]: 'pubsub',
      [INCUBATING.messagingSystem]: 'gcp_pubsub',
      [INCUBATING.messagingOperationName]: 'process',
      [INCUBATING.messagingOperationType]: 'process',
      ...(topic === undefined ? {} : { [INCUBATING.messagingDestinationName]: topic }),
      [INCUBATING.messagingMessageId]: messageIdOf(message) ?? id ?? '',
      [OWN.eventKind]: kind,
    });
  }
}
