import type { SuggestionInput } from '../api/types.ts';
import {
  type CompanionMessage,
  chunkText,
  confirmsCancel,
  type GroundingMetadata,
  type ToolCallInfo,
  type ToolCallSuggestion,
} from './messages.ts';

/** What the agent told the companion. */
export type TurnInput =
  | { kind: 'question'; text: string }
  | { kind: 'decision'; toolName: string; input: SuggestionInput };

/**
 * - `waiting`: nothing has come yet; `answering`: a part has.
 * - `cancelling`: the companion has been asked to stop, and has not confirmed it.
 */
export type TurnState = 'waiting' | 'answering' | 'cancelling' | 'done' | 'cancelled' | 'failed';

/** An input of the agent, and what the companion made of it. */
export interface Turn {
  readonly id: number;
  readonly input: TurnInput;
  readonly state: TurnState;
  /** The chunks so far, then the final answer. */
  readonly text: string;
  readonly grounding?: GroundingMetadata;
  readonly toolCalls: readonly ToolCallInfo[];
  readonly answerRecord?: string;
  /** What ended a failed turn. */
  readonly error?: unknown;
  /** It was asked again, as another turn. */
  readonly isRepeated?: boolean;
}

export interface CompanionState {
  readonly turns: readonly Turn[];
  /** What the agent has decided on tool calls, by answer record. */
  readonly decisions: Readonly<Record<string, SuggestionInput['action']>>;
}

export const NO_TURNS: CompanionState = { turns: [], decisions: {} };

export type CompanionChange =
  | { type: 'asked'; input: TurnInput; repeats?: number }
  | { type: 'received'; message: CompanionMessage }
  | { type: 'cancelling' }
  | { type: 'cancelled' }
  | { type: 'failed'; error: unknown };

const isActive = ({ state }: Turn) => state === 'waiting' || state === 'answering' || state === 'cancelling';

/** The turn that the companion is at work on. */
export function activeTurn({ turns }: CompanionState): Turn | undefined {
  const last = turns.at(-1);
  return last !== undefined && isActive(last) ? last : undefined;
}

/** The state after a change. What comes when no turn is active is passed over. */
export function afterChange(state: CompanionState, change: CompanionChange): CompanionState {
  if (change.type === 'asked') return afterInput(state, change);
  const turn = activeTurn(state);
  if (turn === undefined) return state;
  const turns = [...state.turns.slice(0, -1), changedTurn(turn, change)];
  const { input } = turn;
  // It is not known whether the tool ran: the agent may decide again.
  if (change.type !== 'failed' || input.kind !== 'decision') return { ...state, turns };
  const { [input.input.answerRecord]: _failed, ...decisions } = state.decisions;
  return { turns, decisions };
}

function afterInput(
  { turns, decisions }: CompanionState,
  { input, repeats }: Extract<CompanionChange, { type: 'asked' }>,
): CompanionState {
  const id = (turns.at(-1)?.id ?? 0) + 1;
  const earlier = turns.map((turn) => (turn.id === repeats ? { ...turn, isRepeated: true } : turn));
  const decided = input.kind === 'decision' ? { [input.input.answerRecord]: input.input.action } : {};
  return {
    turns: [...earlier, { id, input, state: 'waiting', text: '', toolCalls: [] }],
    decisions: { ...decisions, ...decided },
  };
}

function changedTurn(turn: Turn, change: Exclude<CompanionChange, { type: 'asked' }>): Turn {
  switch (change.type) {
    case 'cancelling':
      return { ...turn, state: 'cancelling' };
    case 'cancelled':
      return { ...turn, state: 'cancelled' };
    case 'failed':
      return { ...turn, state: 'failed', error: change.error };
    default:
      return afterMessage(turn, change.message);
  }
}

function afterMessage(turn: Turn, message: CompanionMessage): Turn {
  if (confirmsCancel(message)) return { ...turn, state: 'cancelled' };
  // The answer stands as it was when the agent stopped it. Only the confirmation ends the turn, or a late one would end
  // the next turn.
  if (turn.state === 'cancelling') return turn;
  const final = message.reactiveModeFinalResponse;
  const suggestions = [
    ...listOf(message.intermediateToolCallEvents?.toolCallSuggestions),
    ...listOf(final?.toolCalls),
  ];
  return {
    ...turn,
    state: message.isFinal === true ? 'done' : 'answering',
    text: typeof final?.response === 'string' ? final.response : turn.text + chunkText(message),
    toolCalls: merged(turn.toolCalls, suggestions),
    ...(final?.groundingMetadata ? { grounding: final.groundingMetadata } : {}),
    ...(typeof message.answerRecord === 'string' ? { answerRecord: message.answerRecord } : {}),
  };
}

/** A tool call comes while it is proposed and again with the final answer. */
function merged(known: readonly ToolCallInfo[], suggestions: readonly ToolCallSuggestion[]): ToolCallInfo[] {
  const calls = [...known];
  for (const { toolCallInfo } of suggestions) {
    if (toolCallInfo?.toolCall === undefined) continue;
    const { answerRecord } = toolCallInfo.toolCall;
    const index = calls.findIndex(({ toolCall }) => toolCall?.answerRecord === answerRecord);
    if (index === -1 || answerRecord === undefined) calls.push(toolCallInfo);
    else calls[index] = { ...calls[index], ...toolCallInfo };
  }
  return calls;
}

function listOf<T>(value: readonly T[] | undefined): readonly T[] {
  return Array.isArray(value) ? value : [];
}
