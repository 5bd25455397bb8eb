import type { ShortName } from '../../../shared/conversation-name.ts';
import { type AgentAssistEvent, INTERIM_KIND } from '../../../shared/event.ts';

let lastId = 10_000_000_000_000_000n;

/** An event as the decoder makes it, with a message id that no other has. */
export function makeEvent(conversation: ShortName, more: Partial<AgentAssistEvent> = {}): AgentAssistEvent {
  const messageId = more.messageId ?? String(++lastId);
  return {
    conversation,
    kind: 'new-message-event',
    messageId,
    publishTime: '2026-03-12T11:20:00.000Z',
    json: JSON.stringify({ message_id: messageId, data: 'said' }),
    ...more,
  };
}

/** An interim transcript of the utterance `m` of participant `p`, published in this second. */
export function makeInterim(
  conversation: ShortName,
  second: number,
  more: Partial<AgentAssistEvent> = {},
): AgentAssistEvent {
  return makeEvent(conversation, {
    kind: INTERIM_KIND,
    publishTime: `2026-03-12T11:20:${String(second).padStart(2, '0')}.000Z`,
    utterance: { participant: 'p', message: 'm' },
    ...more,
  });
}

/** Of which utterance an interim transcript is. */
export const utterance = (message: string, participant = 'p') => ({ utterance: { participant, message } });
