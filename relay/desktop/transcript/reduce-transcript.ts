import type { CallEvent } from '../events/call-event.ts';
import { objectAt, textAt } from '../events/json.ts';
import { lineOf, withChanged, withLine, withLineBefore } from './lines.ts';
import { messageOf } from './message.ts';
import { reduceRecognition, unnamedKey } from './reduce-recognition.ts';
import {
  EMPTY_TRANSCRIPT,
  type Lifecycle,
  type Notice,
  type Role,
  type TranscriptLine,
  type TranscriptState,
} from './transcript-state.ts';

/** What changes a transcript. */
export type TranscriptEvent =
  | { is: 'event'; event: CallEvent }
  /** All that happened before the join, or while the page was offline, has come. */
  | { is: 'caught-up'; isFirstJoin: boolean; count: number; from: number; to: number }
  /** What was shown is not the beginning of what follows. */
  | { is: 'reset' };

/**
 * The transcript after an event. An event that repeats changes nothing. Messages stand in the order of their times, and
 * interim words stay where they are when they become the message.
 */
export function reduceTranscript(state: TranscriptState, change: TranscriptEvent): TranscriptState {
  if (change.is === 'reset') return { ...EMPTY_TRANSCRIPT, isHistoryMissing: true };
  if (change.is === 'caught-up') return afterCatchUp(state, change);
  const { event } = change;
  if (event.id !== '' && state.seen.has(event.id)) return state;
  const taken = noteMissingHistory({ ...state, seen: new Set(state.seen).add(event.id) }, event);
  switch (event.kind) {
    case 'new-message-event':
      return reduceMessage(taken, event);
    case 'new-recognition-result-notification-event':
      return reduceRecognition(taken, event);
    case 'conversation-lifecycle-event':
      return reduceLifecycle(taken, event);
    default:
      return taken;
  }
}

function reduceMessage(state: TranscriptState, event: CallEvent): TranscriptState {
  const message = messageOf(objectAt(event.payload, 'newMessagePayload'));
  const key = message.id === '' ? `message-${event.id}` : message.id;
  const heard = lineOf(state.lines, key);
  if (heard?.is === 'spoken' && heard.isFinal) return state;
  // Interim words that do not name their message end with the next message of their speaker.
  const lines = state.lines.filter((line) => line.key !== unnamedKey(message.role));
  const { role, text, parts, name, sentiment } = message;
  const at = heard?.at ?? event.publishedAt;
  const spoken = {
    is: 'spoken' as const,
    key,
    at,
    isReplayed: event.isReplayed,
    role,
    text,
    parts,
    name,
    stability: 1,
    isFinal: true,
    time: message.time ?? event.publishedAt,
    sentiment,
  };
  return {
    ...state,
    lines: text === '' ? lines.filter((line) => line.key !== key) : withChanged(lines, spoken),
    lifecycle: isAnswered(state, role) || state.lifecycle === 'waiting' ? 'live' : state.lifecycle,
    speaking: state.speaking.filter((other) => other !== role),
    languageCode: message.languageCode || state.languageCode,
  };
}

/** Whether the message is an agent's that the virtual agent has asked for. */
function isAnswered({ lifecycle }: TranscriptState, role: Role): boolean {
  return lifecycle === 'needs-agent' && role === 'HUMAN_AGENT';
}

const LIFECYCLES: Readonly<Record<string, Lifecycle>> = {
  CONVERSATION_STARTED: 'live',
  CONVERSATION_FINISHED: 'finished',
  HUMAN_INTERVENTION_NEEDED: 'needs-agent',
  UNRECOVERABLE_ERROR: 'failed',
};

function reduceLifecycle(state: TranscriptState, event: CallEvent): TranscriptState {
  const lifecycle = LIFECYCLES[textAt(event.payload, 'type')];
  // A start that comes after the end, out of order, must not open the call again. The end may come twice.
  if (lifecycle === undefined || state.lifecycle === 'finished') return state;
  const notice = noticeOf(lifecycle, event);
  const { publishedAt: at, isReplayed } = event;
  const line = { is: 'notice' as const, key: `notice-${event.id}`, at, isReplayed, notice };
  // Out of order, the agent's answer may be there before the question for an agent.
  const hasAnswer =
    lifecycle === 'needs-agent' &&
    state.lines.some((other) => other.is === 'spoken' && other.role === 'HUMAN_AGENT' && other.at > at);
  const lines = withLine(state.lines, line);
  const changed = { ...state, lines, lifecycle: hasAnswer ? state.lifecycle : lifecycle };
  if (lifecycle === 'live') return { ...changed, startedAt: state.startedAt ?? at };
  if (lifecycle !== 'finished') return changed;
  return {
    ...changed,
    finishedAt: at,
    speaking: [],
    lines: changed.lines.filter((other) => other.is !== 'spoken' || other.isFinal),
  };
}

function noticeOf(lifecycle: Lifecycle, event: CallEvent): Notice {
  if (lifecycle === 'failed')
    return { is: 'failed', detail: textAt(objectAt(event.payload, 'errorStatus'), 'message') };
  if (lifecycle === 'finished' || lifecycle === 'needs-agent') return { is: lifecycle };
  return { is: 'started' };
}

/** Says once where the history begins that is still available. */
function noteMissingHistory(state: TranscriptState, event: CallEvent): TranscriptState {
  if (!state.isHistoryMissing) return state;
  const { publishedAt: before, isReplayed } = event;
  const notice = { is: 'history-missing', before } as const;
  const line = { is: 'notice' as const, key: 'history-missing', at: Number.MIN_VALUE, isReplayed, notice };
  return { ...state, isHistoryMissing: false, lines: [line] };
}

function afterCatchUp(
  state: TranscriptState,
  { isFirstJoin, count, from, to }: Extract<TranscriptEvent, { is: 'caught-up' }>,
): TranscriptState {
  // Words that are still open go on now, and are nothing that was missed.
  const isOver = (each: TranscriptLine) => each.is === 'keypad' || (each.is === 'spoken' && each.isFinal);
  const last = state.lines.findLastIndex((each) => each.isReplayed && isOver(each));
  if (count === 0 || last === -1) return state;
  const line = { is: 'notice' as const, isReplayed: true };
  if (isFirstJoin) {
    const at = state.lines[last]?.at ?? to;
    const joined = { ...line, key: 'joined', at, notice: { is: 'joined' } as const };
    return { ...state, lines: state.lines.toSpliced(last + 1, 0, joined) };
  }
  const notice = { is: 'caught-up', count, from, to } as const;
  return {
    ...state,
    lines: withLineBefore(state.lines, { ...line, key: `caught-up-${from}`, at: from, notice }),
  };
}
