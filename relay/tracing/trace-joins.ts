import { AsyncLocalStorage } from 'node:async_hooks';
import type { ShortName } from '../../shared/conversation-name.ts';
import { INCUBATING, OWN } from '../../shared/tracing/attributes.ts';
import type { TraceJoin } from '../../shared/tracing/trace-join.ts';
import { errorTypeOf, type Span, type Tracer } from '../../shared/tracing/tracer.ts';
import type { Hub } from '../delivery/hub.ts';
import type { JoinFrom } from '../delivery/member.ts';
import { DeliverySpans } from './delivery-spans.ts';
import { SpannedMember } from './spanned-member.ts';

type JoinHub = Pick<Hub, 'join'>;

export interface JoinTracing {
  readonly tracer: Tracer | undefined;
  /** Runs a join, and makes a span of it. It ends when the desktop is live or could not be let in. */
  readonly traceJoin: TraceJoin | undefined;
  /** The hub, whose replays and deliveries have spans. */
  follow(hub: JoinHub): JoinHub;
}

/** Without a tracer, joins and deliveries run as if this file was not there. */
export function traceJoins(tracer: Tracer | undefined): JoinTracing {
  if (tracer === undefined) return { tracer, traceJoin: undefined, follow: (hub) => hub };
  const deliveries = new DeliverySpans(tracer);
  /** The span of the join that is under way, if it is exported. */
  const joins = new AsyncLocalStorage<Span>();

  return {
    tracer,
    async traceJoin(conversation, start, join) {
      // A frame of a WebSocket carries no trace, so each join starts one.
      const span = tracer.start('join', { kind: 'server' });
      if (!span.isRecording) return join();
      span.set({
        [INCUBATING.messagingConversationId]: conversation,
        [OWN.joinStart]: typeof start === 'string' ? start : 'position',
      });
      try {
        await joins.run(span, join);
        span.end();
      } catch (error) {
        span.end(errorTypeOf(error));
        throw error;
      }
    },

    follow: (hub) => ({
      join(conversation, member, from) {
        const spanned = new SpannedMember(member, conversation, deliveries, startReplay(conversation, from));
        const membership = hub.join(conversation, spanned, from);
        membership.ready.then(
          () => spanned.live(),
          (error: unknown) => spanned.live(errorTypeOf(error)),
        );
        return membership;
      },
    }),
  };

  /** The history that a join reads; none if it starts with the next event. */
  function startReplay(conversation: ShortName, from: JoinFrom): Span | undefined {
    const join = joins.getStore();
    if (join === undefined || from === 'live') return undefined;
    return tracer?.start('replay', {
      parent: join.traceparent,
      attributes: { [INCUBATING.messagingConversationId]: conversation },
    });
  }
}
