import type { ShortName } from '../../shared/conversation-name.ts';
import { type AgentAssistEvent, decodeEvent, type EventKind, INTERIM_KIND } from '../../shared/event.ts';
import { TEST_PROJECT, withLocation } from './redis.ts';

let lastId = 10_000_000_000_000_000n;

export interface EventOptions {
  kind?: EventKind;
  data?: Record<string, unknown>;
  attributes?: Record<string, string>;
  /** Default: an id that no other event has. */
  messageId?: string;
  publishTime?: string;
}

/** An event as a function decodes it. */
export function makeEvent(conversation: ShortName, options: EventOptions = {}): AgentAssistEvent {
  const { kind = 'new-message-event', data = {}, attributes = {} } = options;
  const published = {
    conversation: withLocation(conversation),
    ...data,
  };
  return decodeEvent(
    kind,
    {
      data: Buffer.from(JSON.stringify(published)).toString('base64'),
      attributes,
      messageId: options.messageId ?? String(++lastId),
      publishTime: options.publishTime ?? new Date().toISOString(),
    },
    { project: { id: TEST_PROJECT }, maxBytes: 1024 * 1024, now: new Date(), fallback: {} },
  );
}

export interface Utterance {
  participant?: string;
  message: string;
}

export interface InterimOptions extends Pick<EventOptions, 'messageId' | 'publishTime'> {
  transcript?: string;
  isFinal?: boolean;
}

/** An interim transcript of an utterance. */
export function makeInterim(
  conversation: ShortName,
  utterance: Utterance,
  options: InterimOptions = {},
): AgentAssistEvent {
  return makeEvent(conversation, {
    ...options,
    kind: INTERIM_KIND,
    data: {
      type: 'NEW_RECOGNITION_RESULT',
      newRecognitionResultPayload: {
        messageType: 'TRANSCRIPT',
        transcript: options.transcript ?? 'well',
        ...(options.isFinal ? { isFinal: true } : {}),
      },
    },
    attributes: {
      participant_id: utterance.participant ?? 'caller',
      participant_role: 'END_USER',
      message_id: utterance.message,
    },
  });
}
