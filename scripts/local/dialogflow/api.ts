import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import { conversationProfile } from './profile.ts';
import { replySuggestions } from './replies.ts';

export interface ApiRequest {
  method: string;
  /** Path without the version, e.g. `projects/P/locations/L/conversations/C:complete`. */
  path: string;
  query: URLSearchParams;
  /** Parsed; undefined when there was none. */
  body: unknown;
}

/** Takes the resource's name and the request, gives the body of the answer. */
type Handler = (name: string, request: ApiRequest) => unknown;

interface Route {
  method: string;
  /** Its first group is the resource's name. */
  pattern: RegExp;
  handle: Handler;
}

const PARENT = 'projects/[^/:]+/locations/[^/:]+';
const CONVERSATION = `${PARENT}/conversations/[^/:]+`;

/** The simulator's REST API, the methods that agent desktops use; any other is `NOT_FOUND`. */
export function createApi(conversations: Conversations): (request: ApiRequest) => Promise<unknown> {
  const routes: Route[] = [
    on('POST', PARENT, '/conversations', (parent, { body, query }) => {
      const profile = text(body, 'conversationProfile');
      if (profile === undefined) throw new ApiError('INVALID_ARGUMENT', 'conversation_profile is required');
      return conversations.create(parent, profile, query.get('conversationId') ?? undefined);
    }),
    on('GET', CONVERSATION, '', (name) => conversations.get(name)),
    on('POST', CONVERSATION, ':complete', (name) => conversations.complete(name)),
    on('POST', CONVERSATION, '/participants', (name, { body }) => {
      const role = text(body, 'role');
      if (role !== 'HUMAN_AGENT' && role !== 'END_USER') {
        throw new ApiError('INVALID_ARGUMENT', 'role must be HUMAN_AGENT or END_USER');
      }
      return conversations.addParticipant(name, role);
    }),
    on('GET', CONVERSATION, '/participants', (name) => ({ participants: conversations.participants(name) })),
    on('GET', CONVERSATION, '/messages', (name, { query }) => ({
      messages: conversations.messages(name).slice(0, Number(query.get('pageSize') ?? 100)),
    })),
    on('POST', `${CONVERSATION}/participants/[^/:]+`, ':analyzeContent', (participant, { body }) =>
      analyzeContent(participant, body),
    ),
    on('GET', `${PARENT}/conversationProfiles/[^/:]+`, '', (name) => conversationProfile(name)),
    on('PATCH', `${PARENT}/answerRecords/[^/:]+`, '', (name, { body }) => ({
      name,
      answerFeedback: member(body, 'answerFeedback') ?? {},
    })),
  ];

  async function analyzeContent(participant: string, body: unknown): Promise<unknown> {
    const input = text(member(body, 'textInput'), 'text');
    if (input === undefined) throw new ApiError('INVALID_ARGUMENT', 'text_input.text is required');
    const message = await conversations.say(participant, input);
    if (message.participantRole !== 'END_USER') return { message };
    const suggestions = replySuggestions(message.name);
    await conversations.suggest(participant, suggestions);
    return { message, humanAgentSuggestionResults: suggestions };
  }

  return async (request) => {
    for (const { method, pattern, handle } of routes) {
      const name = method === request.method ? pattern.exec(request.path)?.[1] : undefined;
      if (name !== undefined) return handle(name, request);
    }
    throw new ApiError('NOT_FOUND', `Method not found: ${request.method} ${request.path}`);
  };
}

function on(method: string, resource: string, suffix: string, handle: Handler): Route {
  return { method, pattern: new RegExp(`^(${resource})${suffix}$`), handle };
}
