// A call as the model takes it, and the same as events.

import type { ShortName } from '../../shared/conversation-name.ts';
import { type AgentAssistEvent, INTERIM_KIND, LIFECYCLE_KIND } from '../../shared/event.ts';
import { eventOf, interimOf, lifecycleOf, PARTICIPANT, suggestionOf } from '../call-events.ts';
import { publishedMessage } from '../event-source.ts';

/** How many events of each kind a call has, beside its start and its end. */
export interface CallShape {
  /** Utterances, each with a message at its end. */
  messages: number;
  /** Interim transcripts of each utterance. */
  interimsEach: number;
  suggestions: number;
}

/** Events that stay in the log: start, end, messages and suggestions. */
export const retainedOf = ({ messages, suggestions }: CallShape): number => messages + suggestions + 2;
export const interimsOf = ({ messages, interimsEach }: CallShape): number => messages * interimsEach;
export const eventsOf = (call: CallShape): number => retainedOf(call) + interimsOf(call);

/** The events of a call in their order. Suggestions are spread over the messages. */
export function* playedCall(name: ShortName, call: CallShape): Generator<AgentAssistEvent> {
  const publishTime = new Date().toISOString();
  const lifecycle = (type: Parameters<typeof lifecycleOf>[1]) =>
    eventOf(LIFECYCLE_KIND, lifecycleOf(name, type), { publishTime });
  yield lifecycle('CONVERSATION_STARTED');
  let suggested = 0;
  for (let n = 0; n < call.messages; n++) {
    const utterance = `utterance-${String(n).padStart(12, '0')}`;
    const attributes = { participant_id: PARTICIPANT, message_id: utterance };
    for (let i = 0; i < call.interimsEach; i++) yield eventOf(INTERIM_KIND, interimOf(name), { attributes });
    yield eventOf('new-message-event', publishedMessage(name).replace('Yk3uD0qXRv-5bN8fGw1sTA', utterance));
    for (; suggested < ((n + 1) * call.suggestions) / call.messages; suggested++)
      yield eventOf('human-agent-assistant-event', suggestionOf(name));
  }
  yield lifecycle('CONVERSATION_FINISHED');
}
