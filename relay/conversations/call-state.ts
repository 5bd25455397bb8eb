import { locationOf } from '../../shared/conversation-name.ts';
import { sortableTime } from '../../shared/stream/sortable-time.ts';

/** Of one message, as Dialogflow gives it: the score from -1 to 1, and how strong it is. */
export interface Sentiment {
  score: number;
  magnitude: number;
}

/**
 * What a list of calls needs of a conversation's messages. It holds no content. Times have the form of `sortableTime`,
 * and are '' while there is none.
 */
export interface CallState {
  /** The location in the conversation's name, once an event has told it. */
  readonly location: string | undefined;
  /** Who answers the customer: the speaker of the newest message that is not the customer's. */
  readonly answeredBy: 'AUTOMATED_AGENT' | 'HUMAN_AGENT' | undefined;
  /** When a human agent's newest message was published. */
  readonly humanAgentAt: string;
  /** Of the customer's newest messages, the newest last. */
  readonly sentiments: readonly Sentiment[];
}

export const NOTHING_SAID: CallState = {
  location: undefined,
  answeredBy: undefined,
  humanAgentAt: '',
  sentiments: [],
};

/** How many of the customer's messages tell where the sentiment goes. */
export const SENTIMENTS_MAX = 6;

/**
 * The state after further events of the conversation.
 *
 * @param envelopes as the log keeps them, the oldest first. What is not understood changes nothing.
 */
export function afterEvents(state: CallState, envelopes: readonly string[]): CallState {
  return envelopes.reduce(afterEvent, state);
}

function afterEvent(state: CallState, envelope: string): CallState {
  const { data, publish_time: publishTime } = objectIn(envelope);
  const published = objectIn(data);
  const location = locationOf(String(published.conversation)) ?? state.location;
  const payload = member(published, 'newMessagePayload');
  switch (member(payload, 'participantRole')) {
    case 'HUMAN_AGENT':
    case 1: {
      const humanAgentAt = sortableTime(String(publishTime));
      return { ...state, location, answeredBy: 'HUMAN_AGENT', humanAgentAt };
    }
    case 'AUTOMATED_AGENT':
    case 2:
      return { ...state, location, answeredBy: 'AUTOMATED_AGENT' };
    case 'END_USER':
    case 3: {
      const sentiment = sentimentOf(payload);
      const sentiments = [...state.sentiments, ...(sentiment === undefined ? [] : [sentiment])];
      return { ...state, location, sentiments: sentiments.slice(-SENTIMENTS_MAX) };
    }
    default:
      return { ...state, location };
  }
}

function sentimentOf(payload: unknown): Sentiment | undefined {
  const sentiment = member(member(payload, 'sentimentAnalysis'), 'queryTextSentiment');
  if (typeof sentiment !== 'object' || sentiment === null) return undefined;
  // proto3 JSON leaves out a number that is 0.
  const { score = 0, magnitude = 0 } = sentiment as { score?: unknown; magnitude?: unknown };
  return typeof score === 'number' && typeof magnitude === 'number' ? { score, magnitude } : undefined;
}

/** A field in either spelling of proto3 JSON. */
function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Record<string, unknown>;
  return members[name] ?? members[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
}

function objectIn(json: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(String(json));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
