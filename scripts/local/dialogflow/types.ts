// Dialogflow's resources and events as JSON, as far as the simulator has them. Source: the v2beta1 protos, in
// canonical proto3 JSON: camelCase names, enum names, RFC 3339 times, defaults left out.
import type { protos } from '@google-cloud/dialogflow';

/** One result of an event; the package's own type, which has no times or enums in these members. */
export type SuggestionResult = protos.google.cloud.dialogflow.v2beta1.ISuggestionResult;

export type ParticipantRole = 'HUMAN_AGENT' | 'END_USER';

export interface ConversationJson {
  name: string;
  lifecycleState: 'IN_PROGRESS' | 'COMPLETED';
  conversationProfile: string;
  conversationStage: 'HUMAN_ASSIST_STAGE';
  startTime: string;
  endTime?: string;
}

export interface ParticipantJson {
  name: string;
  role: ParticipantRole;
}

export interface MessageJson {
  name: string;
  content: string;
  languageCode: string;
  /** The participant's id. */
  participant: string;
  participantRole: ParticipantRole;
  createTime: string;
  sendTime: string;
}

export interface RecognitionJson {
  messageType: 'TRANSCRIPT';
  transcript: string;
  languageCode: string;
  /** From 0 to 1, how unlikely the text is to change. */
  stability: number;
}

/** The data of the lifecycle, message and recognition topics. */
export interface ConversationEventJson {
  conversation: string;
  type: 'CONVERSATION_STARTED' | 'CONVERSATION_FINISHED' | 'NEW_MESSAGE' | 'NEW_RECOGNITION_RESULT';
  newMessagePayload?: MessageJson;
  newRecognitionResultPayload?: RecognitionJson;
}

/** The data of the suggestion topic. */
export interface AssistantEventJson {
  conversation: string;
  participant: string;
  suggestionResults: SuggestionResult[];
}
