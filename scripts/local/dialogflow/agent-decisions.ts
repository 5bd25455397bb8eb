import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import { locationIn } from './suggestions.ts';
import type { SuggestionResult } from './types.ts';

/**
 * What an agent decides on suggestions, each once. A tool call that the agent lets run is published with its result, and an
 * intent that the agent chooses with the virtual agent's answer. The choice of an intent has no action.
 */
export function agentDecisions(
  conversations: Pick<Conversations, 'participant' | 'suggest'>,
): (participant: string, suggestionInput: unknown) => Promise<object> {
  const decided = new Set<string>();

  return async (participant, input) => {
    conversations.participant(participant);
    const answerRecord = text(input, 'answerRecord');
    if (answerRecord === undefined)
      throw new ApiError('INVALID_ARGUMENT', 'suggestion_input.answer_record is required');
    if (decided.has(answerRecord))
      throw new ApiError('FAILED_PRECONDITION', 'The suggestion has been decided.');
    decided.add(answerRecord);
    const action = text(input, 'action');
    if (action === 'CANCEL') return {};
    const results = [
      action === undefined
        ? answerOfIntent(participant)
        : ranTool(participant, answerRecord, member(input, 'parameters') ?? {}),
    ];
    await conversations.suggest(participant, results);
    return { humanAgentSuggestionResults: results };
  };
}

function answerOfIntent(participant: string): SuggestionResult {
  const answerRecord = `${locationIn(participant)}/answerRecords/${crypto.randomUUID()}`;
  const queryResult = { fulfillmentText: 'I can do that. Shall I go on?' };
  return { suggestDialogflowAssistsResponse: { dialogflowAssistAnswers: [{ queryResult, answerRecord }] } };
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
