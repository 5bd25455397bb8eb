import type { ShortName } from '../../shared/conversation-name.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { INCUBATING, OWN } from '../../shared/tracing/attributes.ts';
import type { Span, Tracer } from '../../shared/tracing/tracer.ts';

interface Delivery {
  span: Span;
  desktops: number;
}

/**
 * Spans of events that go to live desktops. There is one for each event and relay, however many desktops it has, because
 * hundreds of spans that differ only in the desktop would cost more than they tell.
 *
 * The span links to the append, as OpenTelemetry's conventions want of everything that processes a message. The append is
 * also its parent, because it is one message: so one trace shows the whole way from the function to the socket. Other
 * relays add their own spans to the same trace.
 */
export class DeliverySpans {
  readonly #tracer: Tracer;
  readonly #open = new Map<ChannelMessage, Delivery>();

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  /** The event is being handed to one desktop. Events that carry no trace have no span: then their function has none. */
  note(conversation: ShortName, message: ChannelMessage): void {
    if (message.traceparent === undefined) return;
    const delivery = this.#open.get(message) ?? this.#start(conversation, message);
    delivery.desktops++;
  }

  #start(conversation: ShortName, message: ChannelMessage): Delivery {
    const span = this.#tracer.start('deliver', {
      kind: 'consumer',
      parent: message.traceparent,
      links: [message.traceparent],
      attributes: {
        [INCUBATING.messagingSystem]: 'redis',
        [INCUBATING.messagingOperationName]: 'deliver',
        [INCUBATING.messagingOperationType]: 'process',
        [INCUBATING.messagingMessageId]: message.messageId,
        [INCUBATING.messagingConversationId]: conversation,
        [OWN.eventKind]: message.kind,
        [OWN.logOffset]: message.position.offset,
      },
    });
    const delivery = { span, desktops: 0 };
    this.#open.set(message, delivery);
    // All desktops are sent the event in one turn, and the last microtask but one of it writes to their sockets.
    queueMicrotask(() => queueMicrotask(() => this.#end(message, delivery)));
    return delivery;
  }

  #end(message: ChannelMessage, { span, desktops }: Delivery): void {
    this.#open.delete(message);
    span.set({ [OWN.desktops]: desktops });
    span.end();
  }
}
