import type { DialogflowApi } from '../api/dialogflow-api.ts';
import type { SummaryResponse } from '../api/types.ts';
import { createAgentParticipant } from './agent-participant.ts';
import { createAnswerSender } from './answer-sender.ts';
import type { Search } from './searcher.ts';

/** What the panels of one call ask of Dialogflow. Each fails with an `ApiError`. */
export interface CallServices {
  agent: ReturnType<typeof createAgentParticipant>;
  send: (text: string) => Promise<void>;
  search: Search;
  summarize: () => Promise<SummaryResponse>;
  complete: () => Promise<void>;
}

/**
 * @param conversation its name with the location.
 * @param languageCode of the conversation: a code of BCP 47.
 */
export function createCallServices(
  api: DialogflowApi,
  conversation: string,
  languageCode: () => string,
): CallServices {
  const agent = createAgentParticipant(api, conversation);
  return {
    agent,
    send: createAnswerSender({ api, participant: agent.name, languageCode }),
    search: (query, querySource) =>
      api.searchKnowledge(conversation, query, { querySource, languageCode: languageCode() }),
    summarize: () => api.suggestConversationSummary(conversation),
    complete: () => api.completeConversation(conversation),
  };
}
