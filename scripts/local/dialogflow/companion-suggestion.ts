// The companion agent's suggestions as JSON. Source: googleapis, google/cloud/dialogflow/v2beta1/participant.proto,
// companion_agent.proto and grounding.proto. The package @google-cloud/dialogflow has no types for them yet.
import type { protos } from '@google-cloud/dialogflow';
import type { ProtoJson } from './proto-json.ts';

/** The member `generateCompanionSuggestionsResponse` of a suggestion result. */
export interface CompanionSuggestions {
  companionSuggestion: { guidances: Guidance[] };
  answerRecord: string;
  latestMessage?: string;
  /** From 1. */
  suggestionIndex?: number;
}

export interface Guidance {
  suggestedReply?: string;
  suggestedAction?: string;
  explanation?: string;
  instructionSource?: GuidanceInstruction;
  knowledgeSources?: {
    knowledgeArticleUrl: string;
    knowledgeArticleTitle: string;
    knowledgeSnippet: string;
  }[];
  groundingMetadata?: GroundingMetadata;
  toolCalls?: { toolCallInfo: ToolCallInfo; textUpdate?: string }[];
  triggeringToolCallAnswerRecords?: string[];
}

export interface GuidanceInstruction {
  displayName: string;
  displayDetails?: string;
  condition?: string;
  actions?: { description: string }[];
  triggerEvent?: 'END_OF_UTTERANCE' | 'CUSTOMER_MESSAGE' | 'AGENT_MESSAGE';
  disableSuggestedReply?: boolean;
}

export interface GroundingMetadata {
  webSearchQueries?: string[];
  /** HTML, which a desktop must not put into its page as it is. */
  searchEntryPoint?: { renderedContent: string };
  groundingChunks?: {
    web?: { uri: string; title: string; domain: string };
    retrievedContext?: { uri: string; title: string; text: string };
  }[];
  /** The indexes of a segment count bytes of UTF-8. */
  groundingSupports?: {
    segment: { startIndex?: number; endIndex: number; text: string };
    groundingChunkIndices: number[];
  }[];
}

export type ToolCallInfo =
  ProtoJson<protos.google.cloud.dialogflow.v2beta1.GeneratorSuggestion.IToolCallInfo>;
