import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import { locationIn } from './suggestions.ts';
import type { SuggestionResult } from './types.ts';

/**
 * What an agent decides on tool calls that a suggestion proposed, each once. A call that the agent lets run is published
 * with its result.
 */
export function toolDecisions(
  conversations: Pick<Conversations, 'participant' | 'suggest'>,
): (participant: string, suggestionInput: unknown) => Promise<object> {
  const decided = new Set<string>();

  return async (participant, input) => {
    conversations.participant(participant);
    const answerRecord = text(input, 'answerRecord');
    if (answerRecord === undefined)
      throw new ApiError('INVALID_ARGUMENT', 'suggestion_input.answer_record is required');
    if (decided.has(answerRecord))
      throw new ApiError('FAILED_PRECONDITION', 'The tool call has been decided.');
    decided.add(answerRecord);
    if (text(input, 'action') === 'CANCEL') return {};
    const results = [ranTool(participant, answerRecord, member(input, 'parameters') ?? {})];
    await conversations.suggest(participant, results);
    return { humanAgentSuggestionResults: results };
  };
}

function ranTool(participant: string, answerRecord: string, parameters: object): SuggestionResult {
  const tool = `${locationIn(participant)}/tools/demo`;
  const toolCallInfo = {
    toolCall: { tool, action: 'run', inputParameters: parameters, answerRecord, state: 'TRIGGERED' },
    toolCallResult: {
      tool,
      action: 'run',
      content: JSON.stringify({ done: true, parameters }),
      answerRecord,
    },
  };
  // The package's type of a struct is not the JSON of one.
  const result = {
    generateSuggestionsResponse: {
      generatorSuggestionAnswers: [{ generatorSuggestion: { toolCallInfo: [toolCallInfo] } }],
    },
  };
  return result as SuggestionResult;
}
