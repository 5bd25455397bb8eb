// Events of a call as the page has parsed them, and what a transcript is after them.
import type { CallEvent } from '../../../relay/desktop/events/call-event.ts';
import { reduceTranscript } from '../../../relay/desktop/transcript/reduce-transcript.ts';
import {
  EMPTY_TRANSCRIPT,
  type SpokenLine,
  type TranscriptState,
} from '../../../relay/desktop/transcript/transcript-state.ts';

const NAME = 'projects/p/locations/global/conversations/c/messages';
let lastId = 0;

export function event(kind: CallEvent['kind'], payload: object, rest: Partial<CallEvent> = {}): CallEvent {
  return {
    kind,
    id: String(++lastId),
    publishedAt: 1_000,
    isReplayed: false,
    payload: payload as CallEvent['payload'],
    role: '',
    utterance: '',
    ...rest,
  };
}

export const said = (
  content: string,
  id: string,
  publishedAt: number,
  more: object = {},
  rest: Partial<CallEvent> = {},
) =>
  event(
    'new-message-event',
    { newMessagePayload: { name: `${NAME}/${id}`, content, participantRole: 'END_USER', ...more } },
    { publishedAt, ...rest },
  );
export const heard = (result: object, utterance: string, publishedAt = 1_000, role = 'END_USER') =>
  event(
    'new-recognition-result-notification-event',
    { newRecognitionResultPayload: { messageType: 'TRANSCRIPT', ...result } },
    { utterance, publishedAt, role },
  );
export const lifecycle = (type: string, publishedAt = 1_000, more: object = {}) =>
  event('conversation-lifecycle-event', { type, ...more }, { publishedAt });

export const after = (events: readonly CallEvent[], state: TranscriptState = EMPTY_TRANSCRIPT) =>
  events.reduce((before, each) => reduceTranscript(before, { is: 'event', event: each }), state);
export const spoken = (state: TranscriptState) =>
  state.lines.filter((line): line is SpokenLine => line.is === 'spoken');
export const texts = (state: TranscriptState) => spoken(state).map(({ text }) => text);
export const notices = (state: TranscriptState) =>
  state.lines.flatMap((line) => (line.is === 'notice' ? [line.notice] : []));
