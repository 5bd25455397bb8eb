import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import { bestAnswer, summarySections } from './played-call.ts';
import { smartReplies } from './replies.ts';
import { CONVERSATION, on, PARENT, PARTICIPANT, type Route } from './route.ts';
import {
  articles,
  faqAnswers,
  generated,
  generatedStateless,
  knowledgeAssist,
  knowledgeFound,
  statelessSummary,
  summary,
} from './suggestions.ts';
import type { SuggestionResult } from './types.ts';

/** The methods that a desktop asks for suggestions. */
export function suggestionRoutes(conversations: Conversations): Route[] {
  /** The name of a conversation's latest message. */
  const latest = (name: string) => conversations.messages(name)[0]?.name;
  const latestOf = (participant: string) => latest(participant.split('/participants/')[0] ?? '');
  const search = (name: string, body: unknown, suggested: readonly SuggestionResult[] = []) => {
    const query = text(member(body, 'query'), 'text');
    if (query === undefined) throw new ApiError('INVALID_ARGUMENT', 'query.text is required');
    return knowledgeFound(name, query, bestAnswer(query, suggested));
  };
  return [
    on('POST', PARTICIPANT, '/suggestions:suggestArticles', (name) => articles(name, latestOf(name))),
    on('POST', PARTICIPANT, '/suggestions:suggestFaqAnswers', (name) => faqAnswers(name, latestOf(name))),
    on('POST', PARTICIPANT, '/suggestions:suggestSmartReplies', (name, { body }) =>
      smartReplies(name, latestOf(name), member(body, 'currentTextInput') !== undefined),
    ),
    on('POST', PARTICIPANT, '/suggestions:suggestKnowledgeAssist', (name) =>
      knowledgeAssist(name, latestOf(name)),
    ),
    on('POST', CONVERSATION, '/suggestions:suggestConversationSummary', (name) => {
      const sections = conversations.played(name) ? summarySections(conversations.messages(name)) : [];
      return summary(name, latest(name), sections.length > 0 ? sections : undefined);
    }),
    on('POST', CONVERSATION, '/suggestions:generate', (name) => generated(name, latest(name))),
    on('POST', CONVERSATION, '/suggestions:searchKnowledge', (name, { body }) => {
      return search(name, body, conversations.played(name));
    }),
    on('POST', PARENT, '/suggestions:searchKnowledge', (name, { body }) => search(name, body)),
    on('POST', PARENT, '/suggestions:generateStatelessSummary', (_name, { body }) => {
      const held = member(body, 'statelessConversation');
      if (held === undefined) throw new ApiError('INVALID_ARGUMENT', 'stateless_conversation is required');
      return statelessSummary(text(body, 'latestMessage'));
    }),
    on('POST', PARENT, '/statelessSuggestion:generate', () => generatedStateless()),
  ];
}
