// Dialogflow's resources and events as JSON, as far as the simulator has them. Source: the v2beta1 protos, in
// canonical proto3 JSON: camelCase names, enum names, RFC 3339 times, defaults left out.
import type { protos } from '@google-cloud/dialogflow';
import type { CompanionSuggestions } from './companion-suggestion.ts';
import type { ProtoJson } from './proto-json.ts';

type Protos = typeof protos.google.cloud.dialogflow.v2beta1;

/** One result of an event. */
export type SuggestionResult = ProtoJson<protos.google.cloud.dialogflow.v2beta1.ISuggestionResult> & {
  generateCompanionSuggestionsResponse?: CompanionSuggestions;
};

export type ParticipantRole = Exclude<keyof Protos['Participant']['Role'], 'ROLE_UNSPECIFIED'>;

export interface ConversationJson {
  name: string;
  lifecycleState: 'IN_PROGRESS' | 'COMPLETED';
  conversationProfile: string;
  conversationStage: 'VIRTUAL_AGENT_STAGE' | 'HUMAN_ASSIST_STAGE';
  startTime: string;
  endTime?: string;
}

export interface ParticipantJson {
  name: string;
  role: ParticipantRole;
}

type MessageFields = ProtoJson<protos.google.cloud.dialogflow.v2beta1.IMessage>;

export interface MessageJson extends MessageFields {
  name: string;
  content: string;
  languageCode: string;
  /** The participant's id. */
  participant: string;
  participantRole: ParticipantRole;
  createTime: string;
  sendTime: string;
}

type RecognitionFields = ProtoJson<protos.google.cloud.dialogflow.v2beta1.IStreamingRecognitionResult>;

export interface RecognitionJson extends Omit<RecognitionFields, 'dtmfDigits'> {
  /** The package has only the numbers of an enum in a list. */
  dtmfDigits?: { dtmfEvents: (keyof typeof protos.google.cloud.dialogflow.v2beta1.TelephonyDtmf)[] };
}

/** The data of the lifecycle, message and recognition topics. */
export interface ConversationEventJson {
  conversation: string;
  type: Exclude<keyof Protos['ConversationEvent']['Type'], 'TYPE_UNSPECIFIED'>;
  errorStatus?: { code: number; message: string };
  newMessagePayload?: MessageJson;
  newRecognitionResultPayload?: RecognitionJson;
}

/** The data of the suggestion topic. */
export interface AssistantEventJson {
  conversation: string;
  participant: string;
  suggestionResults: SuggestionResult[];
}
