import type { CallEvent } from '../events/call-event.ts';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from '../events/json.ts';
import { lineOf, withChanged } from './lines.ts';
import { roleOf } from './message.ts';
import type { Role, TranscriptState } from './transcript-state.ts';

/** An event of the keypad that stands for no key. */
const NO_KEY = 'TELEPHONY_DTMF_UNSPECIFIED';

/** The transcript after a StreamingRecognitionResult: words that may still change, or a sign that somebody speaks. */
export function reduceRecognition(state: TranscriptState, event: CallEvent): TranscriptState {
  if (state.lifecycle === 'finished') return state;
  const result = objectAt(event.payload, 'newRecognitionResultPayload');
  const role = roleOf(event.role);
  switch (textAt(result, 'messageType')) {
    case 'SPEECH_ACTIVITY_BEGIN':
      return { ...state, speaking: [...state.speaking.filter((other) => other !== role), role] };
    case 'SPEECH_ACTIVITY_END':
    case 'END_OF_SINGLE_UTTERANCE':
      return { ...state, speaking: state.speaking.filter((other) => other !== role) };
    case 'DTMF_DIGITS':
    case 'PARTIAL_DTMF_DIGITS':
      return reduceKeypad(state, event, role, result);
    default:
      return reduceWords(state, event, role, result);
  }
}

/** The key of interim words of a speaker that do not name their message. */
export function unnamedKey(role: Role): string {
  return `interim-${role}`;
}

function reduceWords(
  state: TranscriptState,
  event: CallEvent,
  role: Role,
  result: JsonObject,
): TranscriptState {
  const text = textAt(result, 'transcript').trim();
  const key = event.utterance || unnamedKey(role);
  const heard = lineOf(state.lines, key);
  // Words that come after their message, or after newer ones, would undo what is shown.
  const isLate = heard?.is === 'spoken' && (heard.isFinal || heard.time > event.publishedAt);
  if (text === '' || isLate) return state;
  const words = {
    is: 'spoken' as const,
    key,
    at: heard?.at ?? event.publishedAt,
    isReplayed: event.isReplayed,
    role,
    text,
    parts: [],
    name: '',
    stability: result.isFinal === true ? 1 : (numberAt(result, 'stability') ?? 0),
    isFinal: false,
    time: event.publishedAt,
    sentiment: undefined,
  };
  return {
    ...state,
    lines: withChanged(state.lines, words),
    lifecycle: state.lifecycle === 'waiting' ? 'live' : state.lifecycle,
    speaking: state.speaking.filter((other) => other !== role),
    languageCode: textAt(result, 'languageCode') || state.languageCode,
  };
}

function reduceKeypad(
  state: TranscriptState,
  event: CallEvent,
  role: Role,
  result: JsonObject,
): TranscriptState {
  const key = `keypad-${event.utterance || event.id}`;
  const known = lineOf(state.lines, key);
  const line = {
    is: 'keypad' as const,
    key,
    at: known?.at ?? event.publishedAt,
    isReplayed: event.isReplayed,
    role,
    digits: Math.max(keysIn(result.dtmfDigits), known?.is === 'keypad' ? known.digits : 0),
    time: event.publishedAt,
  };
  return line.digits === 0 ? state : { ...state, lines: withChanged(state.lines, line) };
}

/**
 * How many keys were pressed. Dialogflow lists them, `{ dtmfEvents: ['DTMF_FOUR', 'DTMF_STAR'] }`: TelephonyDtmfEvents of
 * the protos. Others write them as a text, by itself or as `{ digits: '4*' }`.
 */
function keysIn(dtmfDigits: unknown): number {
  if (typeof dtmfDigits === 'string') return dtmfDigits.length;
  if (!isObject(dtmfDigits)) return 0;
  const { dtmfEvents } = dtmfDigits;
  if (!Array.isArray(dtmfEvents)) return textAt(dtmfDigits, 'digits').length;
  return dtmfEvents.filter((key) => key !== NO_KEY && key !== 0).length;
}
