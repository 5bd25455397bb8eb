// Dialogflow's resources and answers as JSON, as far as the page uses them. Source: the protos of v2 and v2beta1. What
// comes from outside may lack any field.

export interface Conversation {
  name?: string;
  lifecycleState?: 'IN_PROGRESS' | 'COMPLETED' | (string & {});
  conversationProfile?: string;
  conversationStage?: 'VIRTUAL_AGENT_STAGE' | 'HUMAN_ASSIST_STAGE' | (string & {});
  /** Where the conversation is a telephone call. */
  telephonyConnectionInfo?: object;
}

export type ParticipantRole = 'HUMAN_AGENT' | 'END_USER' | 'AUTOMATED_AGENT';

export interface Participant {
  name?: string;
  role?: ParticipantRole | (string & {});
}

export interface Message {
  name?: string;
  content?: string;
  languageCode?: string;
  participant?: string;
  participantRole?: string;
  createTime?: string;
  sendTime?: string;
}

export interface MessageList {
  messages?: Message[];
  nextPageToken?: string;
}

/** An agent's decision on a tool call. */
export interface SuggestionInput {
  /** The name of the tool call's answer record. */
  answerRecord: string;
  action: 'CONFIRM' | 'REVISE' | 'CANCEL';
  /** Of the tool call. Without them the tool is called without any. */
  parameters?: Record<string, unknown>;
  /** RFC 3339. The tool call's result repeats it. */
  sendTime: string;
}

/** An agent's choice of an intent that Dialogflow assist suggested. Source: the REST reference of SuggestionInput. */
export type IntentChoice = Pick<SuggestionInput, 'answerRecord' | 'sendTime'>;

export interface TextInput {
  text: string;
  languageCode: string;
}

export interface AnalyzeContentRequest {
  textInput?: TextInput;
  suggestionInput?: SuggestionInput | IntentChoice;
  /** Makes the request idempotent: a repeated one with the same id adds no second message. */
  requestId?: string;
}

export interface AnalyzeContentResponse {
  replyText?: string;
  message?: Message;
  humanAgentSuggestionResults?: object[];
}

export interface AnswerSource {
  title?: string;
  uri?: string;
  snippet?: string;
}

export interface SearchKnowledgeAnswer {
  answer?: string;
  answerType?: 'FAQ' | 'GENERATIVE' | 'INTENT' | 'PLAYBOOK' | 'EVENT' | (string & {});
  answerSources?: AnswerSource[];
  answerRecord?: string;
}

export interface SearchKnowledgeResponse {
  answers?: SearchKnowledgeAnswer[];
  rewrittenQuery?: string;
  /** Where the profile sets `enableResponseDebugInfo`. */
  searchKnowledgeDebugInfo?: object;
}

export interface SummarySection {
  section?: string;
  summary?: string;
}

export interface SummaryResponse {
  summary?: {
    text?: string;
    textSections?: Record<string, string>;
    sortedTextSections?: SummarySection[];
    answerRecord?: string;
  };
  latestMessage?: string;
  contextSize?: number;
}

/** What an agent thinks of an answer, and has done with it. Its fields: `AnswerFeedback` of the protos. */
export type AnswerFeedback = Readonly<Record<string, unknown>>;

export interface AnswerRecord {
  name?: string;
  answerFeedback?: AnswerFeedback;
}
