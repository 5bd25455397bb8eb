import { ApiError } from './api-error.ts';
import { searchKnowledgeResponseOf, summaryResponseOf } from './read-answers.ts';
import type { CallRelay } from './relay-calls.ts';
import type {
  AnalyzeContentRequest,
  AnalyzeContentResponse,
  AnswerFeedback,
  AnswerRecord,
  Conversation,
  MessageList,
  Participant,
  ParticipantRole,
  SearchKnowledgeResponse,
  SummaryResponse,
  TextInput,
} from './types.ts';

export type ApiVersion = 'v2' | 'v2beta1';

export interface SearchOptions {
  /** `AGENT_QUERY` by default. */
  querySource?: 'AGENT_QUERY' | 'SUGGESTED_QUERY';
  /** The name of the message that the query is about. */
  latestMessage?: string;
  languageCode?: string;
}

export interface PageOptions {
  pageSize?: number;
  pageToken?: string;
}

/** The calls that the page makes to Dialogflow through the relay. Each fails with an `ApiError`. */
export interface DialogflowApi {
  readonly version: ApiVersion;
  /** A second call with the same input is the same call, while the first is under way. */
  analyzeContent(participant: string, request: AnalyzeContentRequest): Promise<AnalyzeContentResponse>;
  /**
   * The replies that may follow what the agent is about to say: a SuggestSmartRepliesResponse.
   *
   * @param participant the agent's name as one.
   */
  suggestSmartReplies(participant: string, currentTextInput: TextInput): Promise<object>;
  searchKnowledge(
    conversation: string,
    query: string,
    options?: SearchOptions,
  ): Promise<SearchKnowledgeResponse>;
  suggestConversationSummary(conversation: string): Promise<SummaryResponse>;
  completeConversation(conversation: string): Promise<void>;
  getConversation(conversation: string): Promise<Conversation>;
  /** Newest first. */
  listMessages(conversation: string, options?: PageOptions): Promise<MessageList>;
  listParticipants(conversation: string): Promise<Participant[]>;
  createParticipant(conversation: string, role: ParticipantRole): Promise<Participant>;
  getAnswerRecord(name: string): Promise<AnswerRecord>;
  /** @param updateMask paths from `answerFeedback` on, such as `answerFeedback.clicked`. */
  patchAnswerRecord(name: string, feedback: AnswerFeedback, updateMask: readonly string[]): Promise<void>;
}

export interface DialogflowApiDeps {
  call: CallRelay;
  version?: ApiVersion;
  /** Of queries that name none: a code of BCP 47. */
  languageCode?: string;
  newId?: () => string;
}

/** A conversation may have more participants than a page of the list has. */
const PAGES_MAX = 10;

export function createDialogflowApi(deps: DialogflowApiDeps): DialogflowApi {
  const { call, version = 'v2beta1', languageCode = 'en-US', newId = () => crypto.randomUUID() } = deps;
  /** Of searches: one a conversation, so that Dialogflow sees them as a dialogue. */
  const sessions = new Map<string, string>();
  const profiles = new Map<string, Promise<string>>();

  const path = (name: string, suffix = '') => `${version}/${located(name)}${suffix}`;

  async function getConversation(name: string): Promise<Conversation> {
    return (await call({ method: 'GET', path: path(name), kind: 'conversation' })) as Conversation;
  }

  /** A search has to name it. */
  function profileOf(conversation: string): Promise<string> {
    const known = profiles.get(conversation);
    if (known !== undefined) return known;
    const looked = getConversation(conversation).then(({ conversationProfile = '' }) => conversationProfile);
    profiles.set(conversation, looked);
    // A look that failed must not fail all searches after it.
    looked.catch(() => profiles.delete(conversation));
    return looked;
  }

  function sessionOf(conversation: string): string {
    const session = sessions.get(conversation) ?? newId();
    sessions.set(conversation, session);
    return session;
  }

  return {
    version,
    getConversation,

    async analyzeContent(participant, { textInput, suggestionInput, requestId = newId() }) {
      const input = suggestionInput === undefined ? { textInput } : { suggestionInput };
      // The time differs between two clicks on one button.
      const same = suggestionInput?.answerRecord ?? textInput?.text ?? '';
      return (await call({
        method: 'POST',
        path: path(participant, ':analyzeContent'),
        body: { ...input, requestId },
        kind: 'analyzeContent',
        once: JSON.stringify(['analyzeContent', participant, same]),
      })) as AnalyzeContentResponse;
    },

    async suggestSmartReplies(participant, currentTextInput) {
      return (await call({
        method: 'POST',
        path: path(participant, '/suggestions:suggestSmartReplies'),
        body: { currentTextInput },
        kind: 'suggestSmartReplies',
        once: JSON.stringify(['suggestSmartReplies', participant, currentTextInput.text]),
      })) as object;
    },

    async searchKnowledge(conversation, query, options = {}) {
      const conversationProfile = await profileOf(conversation);
      const { latestMessage } = options;
      const found = await call({
        method: 'POST',
        path: path(conversation, '/suggestions:searchKnowledge'),
        body: {
          query: { text: query, languageCode: options.languageCode ?? languageCode },
          conversationProfile,
          sessionId: sessionOf(conversation),
          conversation: located(conversation),
          querySource: options.querySource ?? 'AGENT_QUERY',
          ...(latestMessage === undefined ? {} : { latestMessage }),
        },
        kind: 'searchKnowledge',
        once: JSON.stringify(['searchKnowledge', conversation, query]),
      });
      return searchKnowledgeResponseOf(found);
    },

    async suggestConversationSummary(conversation) {
      const made = await call({
        method: 'POST',
        path: path(conversation, '/suggestions:suggestConversationSummary'),
        body: {},
        kind: 'suggestConversationSummary',
        once: JSON.stringify(['suggestConversationSummary', conversation]),
      });
      return summaryResponseOf(made);
    },

    async completeConversation(conversation) {
      await call({
        method: 'POST',
        path: path(conversation, ':complete'),
        kind: 'complete',
        once: JSON.stringify(['complete', conversation]),
      });
    },

    async listMessages(conversation, { pageSize, pageToken } = {}) {
      const query = new URLSearchParams();
      if (pageSize !== undefined) query.set('pageSize', String(pageSize));
      if (pageToken !== undefined) query.set('pageToken', pageToken);
      const suffix = query.size === 0 ? '/messages' : `/messages?${query}`;
      return (await call({
        method: 'GET',
        path: path(conversation, suffix),
        kind: 'messages',
      })) as MessageList;
    },

    async listParticipants(conversation) {
      const all: Participant[] = [];
      let suffix = '/participants';
      for (let page = 1; page <= PAGES_MAX; page++) {
        const { participants = [], nextPageToken } = (await call({
          method: 'GET',
          path: path(conversation, suffix),
          kind: 'participants',
        })) as { participants?: Participant[]; nextPageToken?: string };
        all.push(...participants);
        if (nextPageToken === undefined || nextPageToken === '') break;
        suffix = `/participants?${new URLSearchParams({ pageToken: nextPageToken })}`;
      }
      return all;
    },

    async createParticipant(conversation, role) {
      return (await call({
        method: 'POST',
        path: path(conversation, '/participants'),
        body: { role },
        kind: 'participants',
        once: JSON.stringify(['participants', conversation, role]),
      })) as Participant;
    },

    async getAnswerRecord(name) {
      return (await call({ method: 'GET', path: path(name), kind: 'answerRecords' })) as AnswerRecord;
    },

    async patchAnswerRecord(name, answerFeedback, updateMask) {
      const query = new URLSearchParams({ updateMask: updateMask.join(',') });
      await call({
        method: 'PATCH',
        path: path(name, `?${query}`),
        body: { name, answerFeedback },
        kind: 'answerRecords',
      });
    },
  };
}

/** @throws {ApiError} `no-location` for a name that Dialogflow cannot be asked by. */
function located(name: string): string {
  if (!/^projects\/[^/]+\/locations\/[^/]+\/./.test(name)) throw new ApiError('no-location');
  return name;
}
