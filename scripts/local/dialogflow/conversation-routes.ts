import { agentDecisions } from './agent-decisions.ts';
import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import { replySuggestions } from './replies.ts';
import { CONVERSATION, on, PARENT, PARTICIPANT, type Route } from './route.ts';

/** The methods of conversations, their participants and their messages. */
export function conversationRoutes(conversations: Conversations): Route[] {
  const decide = agentDecisions(conversations);
  /** What was answered, by `request_id`: a request that comes again does nothing again. */
  const answered = new Map<string, Promise<unknown>>();

  function analyzeContent(participant: string, body: unknown): Promise<unknown> {
    const requestId = text(body, 'requestId');
    const answer =
      (requestId === undefined ? undefined : answered.get(requestId)) ?? analyze(participant, body);
    if (requestId !== undefined) {
      answered.set(requestId, answer);
      answer.catch(() => answered.delete(requestId));
    }
    return answer;
  }

  async function analyze(participant: string, body: unknown): Promise<unknown> {
    const decision = member(body, 'suggestionInput');
    if (decision !== undefined) return decide(participant, decision);
    const input = text(member(body, 'textInput'), 'text');
    if (input === undefined) throw new ApiError('INVALID_ARGUMENT', 'text_input.text is required');
    const message = await conversations.say(participant, input);
    if (message.participantRole !== 'END_USER') return { message };
    const suggestions = replySuggestions(message.name);
    await conversations.suggest(participant, suggestions);
    return { message, humanAgentSuggestionResults: suggestions };
  }

  async function createMessages(name: string, body: unknown): Promise<unknown> {
    const requests = member(body, 'requests');
    if (!Array.isArray(requests)) throw new ApiError('INVALID_ARGUMENT', 'requests are required');
    const messages: unknown[] = [];
    for (const request of requests) {
      const message = member(request, 'message');
      const content = text(message, 'content');
      if (content === undefined) throw new ApiError('INVALID_ARGUMENT', 'message.content is required');
      messages.push(
        await conversations.say(`${name}/participants/${text(message, 'participant') ?? ''}`, content),
      );
    }
    return { messages };
  }

  return [
    on('POST', PARENT, '/conversations', (parent, { body, query }) => {
      const profile = text(body, 'conversationProfile');
      if (profile === undefined) throw new ApiError('INVALID_ARGUMENT', 'conversation_profile is required');
      return conversations.create(parent, profile, query.get('conversationId') ?? undefined);
    }),
    on('GET', CONVERSATION, '', (name) => conversations.get(name)),
    on('POST', CONVERSATION, ':complete', (name) => conversations.complete(name)),
    on('POST', CONVERSATION, ':ingestContextReferences', (name, { body }) => {
      conversations.get(name);
      return { ingestedContextReferences: member(body, 'contextReferences') ?? {} };
    }),
    on('POST', CONVERSATION, '/participants', (name, { body }) => {
      const role = text(body, 'role');
      if (role !== 'HUMAN_AGENT' && role !== 'END_USER') {
        throw new ApiError('INVALID_ARGUMENT', 'role must be HUMAN_AGENT or END_USER');
      }
      return conversations.addParticipant(name, role);
    }),
    on('GET', CONVERSATION, '/participants', (name) => ({ participants: conversations.participants(name) })),
    on('GET', PARTICIPANT, '', (name) => conversations.participant(name)),
    // Its role cannot change, and the simulator uses no other field.
    on('PATCH', PARTICIPANT, '', (name) => conversations.participant(name)),
    on('GET', CONVERSATION, '/messages', (name, { query }) => ({
      messages: conversations.messages(name).slice(0, Number(query.get('pageSize') ?? 100)),
    })),
    on('POST', CONVERSATION, '/messages:batchCreate', (name, { body }) => createMessages(name, body)),
    on('POST', PARTICIPANT, ':analyzeContent', (name, { body }) => analyzeContent(name, body)),
  ];
}
